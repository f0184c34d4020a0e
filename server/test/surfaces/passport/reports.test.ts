import { FusionAuthClient } from '@fusionauth/typescript-client'
import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintRealm } from '../../../src/core/realm.ts'
import { uuidOf } from '../../../src/core/uuid.ts'
import { metric, native, pathOf, type RealmIds } from '../../journeys/native.ts'
import { until } from '../../until.ts'
import { startWorld, type World } from '../../world.ts'
import { send } from '../onekosmos/client.ts'

const APP = '25a872da-bb44-4af8-a43d-e7bcb5351ebc'
const NOBODY = '99999999-9999-4999-8999-999999999999'

let world: World
let realm: RealmIds
let key: string
let client: FusionAuthClient
const at = (zone: string, wall: string): number =>
  Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds
const zurich = (wall: string): number => at('Europe/Zurich', wall)

const tell = async (where: RealmIds, events: readonly object[]): Promise<void> => {
  const reply = await native(world.url)('POST', `${pathOf(where)}/events`, events)
  expect(reply.json).toMatchObject({ accepted: events.length })
  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
}

const login = (user: string, wall: string, more: object = {}) => ({
  event_name: 'login',
  outcome: 'success',
  user_id: user,
  timestamp: zurich(wall),
  ...more,
})

beforeAll(async () => {
  world = await startWorld()
  realm = await world.realm()
  await world.call('PATCH', `/v1${pathOf(realm)}`, { timezone: 'Europe/Zurich' })
  key = await world.apiKey(realm)
  client = new FusionAuthClient(key, world.url)
  await tell(realm, [
    { event_name: 'user.created', user_id: 'ann', login_id: 'Ann@example.com', timestamp: zurich('2026-03-01T08:00') },
    { event_name: 'registration.created', user_id: 'ann', application: APP, timestamp: zurich('2026-03-01T08:05') },
    {
      event_name: 'registration.created',
      user_id: 'bob',
      application: APP,
      timestamp: zurich('2026-03-01T08:59:59.999'),
    },
    { event_name: 'user.onboarded', user_id: 'cid', application: 'wiki', timestamp: zurich('2026-03-02T00:00') },
    { event_name: 'registration.deleted', user_id: 'bob', application: APP, timestamp: zurich('2026-03-03T08:00') },
    login('ann', '2026-03-01T23:59:59.999', { session_id: 's1', application: APP, login_id: 'ann@example.com' }),
    // The same session told again, in another hour, and let in to another application.
    login('ann', '2026-03-02T01:00', { session_id: 's1', application: APP }),
    {
      event_name: 'login.redirect',
      user_id: 'ann',
      session_id: 's1',
      application: 'wiki',
      timestamp: zurich('2026-03-02T01:30'),
    },
    login('bob', '2026-03-02T09:00', { session_id: 's2', login_id: 'bob' }),
    login('bob', '2026-03-02T09:10'),
    login('bob', '2026-03-02T09:20'),
    { event_name: 'login', outcome: 'failure', user_id: 'eve', timestamp: zurich('2026-03-02T09:30') },
    { event_name: 'factor.verified', user_id: 'dee', timestamp: zurich('2026-03-31T23:00') },
    // Two real hours that the clock of an autumn night shows twice, and the hour that one of spring leaves out.
    { ...login('ann', '2025-10-26T12:00'), timestamp: Date.UTC(2025, 9, 26, 0, 30) },
    { ...login('ann', '2025-10-26T12:00'), timestamp: Date.UTC(2025, 9, 26, 1, 30) },
    { ...login('ann', '2026-03-29T12:00'), timestamp: Date.UTC(2026, 2, 29, 1, 0) },
  ])
})
afterAll(() => world?.[Symbol.asyncDispose]())

const none = null as unknown as string
const day = (date: string): number => Temporal.PlainDate.from('1970-01-01').until(date).days
const hour = (date: string, of: number): number => day(date) * 24 + of

describe('the published client', () => {
  it('counts different users of each day, everything together and of one application', async () => {
    const range = [zurich('2026-03-01T12:00'), zurich('2026-03-02T12:00')] as const
    const all = await client.retrieveDailyActiveReport(none, ...range)
    expect(all.response).toEqual({
      total: 3,
      dailyActiveUsers: [
        { interval: 20513, count: 1 },
        { interval: 20514, count: 2 },
      ],
    })
    const one = await client.retrieveDailyActiveReport(APP, ...range)
    expect(one.response).toEqual({
      total: 2,
      dailyActiveUsers: [
        { interval: 20513, count: 1 },
        { interval: 20514, count: 1 },
      ],
    })
  })

  it('counts different users of each month', async () => {
    const reply = await client.retrieveMonthlyActiveReport(none, zurich('2025-10-01T00:00'), zurich('2026-03-31T23:30'))
    expect(reply.response).toEqual({
      total: 4,
      monthlyActiveUsers: [
        { interval: 669, count: 1 },
        { interval: 674, count: 3 },
      ],
    })
  })

  it('counts a session once, in the hour in which it was told first', async () => {
    const range = [zurich('2026-03-01T00:00'), zurich('2026-03-03T00:00')] as const
    const all = await client.retrieveLoginReport(none, ...range)
    expect(all.response).toEqual({
      total: 4,
      hourlyCounts: [
        { interval: hour('2026-03-01', 23), count: 1 },
        { interval: hour('2026-03-02', 9), count: 3 },
      ],
    })
    expect(hour('2026-03-01', 23)).toBe(492335)
    expect((await client.retrieveLoginReport(APP, ...range)).response).toEqual({
      total: 1,
      hourlyCounts: [{ interval: 492335, count: 1 }],
    })
  })

  it('counts the logins of one user, by id, by login name and by its types', async () => {
    const range = [zurich('2026-03-01T00:00'), zurich('2026-03-03T00:00')] as const
    const byLogin = await client.retrieveUserLoginReportByLoginId(none, 'BOB', ...range)
    expect(byLogin.response.total).toBe(3)
    const byMail = await client.retrieveUserLoginReportByLoginIdAndLoginIdTypes(none, 'ann@example.com', ...range, [
      'username',
      'email',
    ])
    expect(byMail.response.total).toBe(1)
    const bob = uuidOf(mintRealm(realm.tenantId, realm.communityId), 'bob')
    expect((await client.retrieveUserLoginReport(none, bob, ...range)).response).toEqual({
      total: 3,
      hourlyCounts: [{ interval: hour('2026-03-02', 9), count: 3 }],
    })
    // His logins name no application.
    expect((await client.retrieveUserLoginReport(APP, bob, ...range)).response).toEqual({ total: 0, hourlyCounts: [] })
    // A login name counts before an id, whatever the id is.
    const both = new URLSearchParams({ loginId: 'ann@example.com', userId: 'no UUID' })
    const asked = await send('GET', `${world.url}/api/report/login?start=${range[0]}&end=${range[1]}&${both}`, {
      headers: { authorization: key },
    })
    expect(asked.json).toMatchObject({ total: 1 })
    for (const ask of [
      () => client.retrieveUserLoginReportByLoginId(none, 'nobody', ...range),
      () => client.retrieveUserLoginReport(none, NOBODY, ...range),
      () => client.retrieveUserLoginReportByLoginIdAndLoginIdTypes(none, 'ann@example.com', ...range, ['username']),
    ])
      await expect(ask()).rejects.toMatchObject({ statusCode: 404 })
  })

  it('counts registrations of each hour; one that is withdrawn stays', async () => {
    const range = [zurich('2026-03-01T08:30'), zurich('2026-03-05T00:00')] as const
    expect((await client.retrieveRegistrationReport(none, ...range)).response).toEqual({
      total: 3,
      hourlyCounts: [
        { interval: 492320, count: 2 },
        { interval: 492336, count: 1 },
      ],
    })
    expect((await client.retrieveRegistrationReport(APP, ...range)).response.total).toBe(2)
  })

  it('tells totals, and leaves out the applications when asked to', async () => {
    const { response } = await client.retrieveTotalReport()
    const wiki = Object.keys(response.applicationTotals ?? {}).find((id) => id !== APP) ?? ''
    expect(response).toEqual({
      applicationTotals: {
        [APP]: { logins: 1, registrations: 1, totalRegistrations: 2 },
        [wiki]: { logins: 1, registrations: 1, totalRegistrations: 1 },
      },
      globalRegistrations: 3,
      totalGlobalRegistrations: 3,
    })
    // The id that stands for `wiki` is one that can be asked with.
    const asked = await client.retrieveLoginReport(wiki, zurich('2026-03-01T00:00'), zurich('2026-03-03T00:00'))
    expect(asked.response).toEqual({ total: 1, hourlyCounts: [{ interval: hour('2026-03-02', 1), count: 1 }] })
    expect((await client.retrieveTotalReportWithExcludes(['applicationTotals'])).response).toEqual({
      globalRegistrations: 3,
      totalGlobalRegistrations: 3,
    })
  })

  it('takes absent, empty, null and undefined for the same', async () => {
    const range = [zurich('2026-03-01T00:00'), zurich('2026-03-03T00:00')] as const
    for (const id of [null, undefined, ''])
      expect((await client.retrieveLoginReport(id as unknown as string, ...range)).response.total).toBe(4)
  })
})

describe('intervals', () => {
  it('show the two hours of an autumn night as one, and leave out the hour that spring does not have', async () => {
    const autumn = await client.retrieveLoginReport(none, Date.UTC(2025, 9, 26, 0), Date.UTC(2025, 9, 26, 0))
    expect(autumn.response).toEqual({ total: 2, hourlyCounts: [{ interval: hour('2025-10-26', 2), count: 2 }] })
    const spring = await client.retrieveLoginReport(none, Date.UTC(2026, 2, 29, 0), Date.UTC(2026, 2, 29, 4))
    expect(spring.response).toEqual({ total: 1, hourlyCounts: [{ interval: hour('2026-03-29', 3), count: 1 }] })
  })

  it.each(['Asia/Kathmandu', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/St_Johns'])(
    'are those of the wall clock in %s',
    async (zone) => {
      const own = await world.realm()
      await world.call('PATCH', `/v1${pathOf(own)}`, { timezone: zone })
      const times = ['2026-04-04T23:59:59.999', '2026-04-05T00:00', '2026-04-05T01:59:59', '2026-11-01T01:15'].map(
        (wall) => at(zone, wall),
      )
      await tell(
        own,
        times.map((timestamp, n) => ({ ...login(`u${n}`, '2026-01-01T00:00'), timestamp })),
      )
      const asking = new FusionAuthClient(await world.apiKey(own), world.url)
      const { response } = await asking.retrieveLoginReport(none, times[0] ?? 0, times[3] ?? 0)
      expect(response).toEqual({
        total: 4,
        hourlyCounts: [
          { interval: hour('2026-04-04', 23), count: 1 },
          { interval: hour('2026-04-05', 0), count: 1 },
          { interval: hour('2026-04-05', 1), count: 1 },
          { interval: hour('2026-11-01', 1), count: 1 },
        ],
      })
      const days = await asking.retrieveDailyActiveReport(none, times[0] ?? 0, times[1] ?? 0)
      expect(days.response.dailyActiveUsers).toEqual([
        { interval: day('2026-04-04'), count: 1 },
        { interval: day('2026-04-05'), count: 2 },
      ])
    },
  )

  it('hold an end that is before the start when both are in one of them', async () => {
    const hours = await client.retrieveLoginReport(none, zurich('2026-03-02T09:30'), zurich('2026-03-02T09:05'))
    expect(hours.response).toEqual({ total: 3, hourlyCounts: [{ interval: hour('2026-03-02', 9), count: 3 }] })
    const days = await client.retrieveDailyActiveReport(none, zurich('2026-03-02T23:00'), zurich('2026-03-02T00:00'))
    expect(days.response).toEqual({ total: 2, dailyActiveUsers: [{ interval: day('2026-03-02'), count: 2 }] })
    const months = await client.retrieveMonthlyActiveReport(
      none,
      zurich('2026-03-31T23:00'),
      zurich('2026-03-01T00:00'),
    )
    expect(months.response.total).toBe(3)
  })

  it('of a thousand years are as cheap as any', async () => {
    const { response } = await client.retrieveLoginReport(none, Date.UTC(1500, 0, 1), Date.UTC(2600, 0, 1))
    expect(response.total).toBe(7)
    const days = await client.retrieveDailyActiveReport(none, -8_640_000_000_000_000, 8_640_000_000_000_000)
    expect(days.response.total).toBe(6)
  })
})

describe('what is refused', () => {
  const ask = (path: string, headers: Record<string, string> = { authorization: key }) =>
    send('GET', `${world.url}/api/report/${path}`, { headers })
  const range = 'start=0&end=1'

  it('answers nothing but the status to a key that is missing, unknown or of another kind', async () => {
    for (const headers of [{}, { authorization: 'no such key' }, { authorization: `Bearer ${key}` }]) {
      const reply = await ask('totals', headers as Record<string, string>)
      expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([401, '', null])
    }
    const made = await world.call('POST', '/v1/keys', { kind: 'api', name: 'w', realm, roles: ['writer'] })
    expect((await ask('totals', { authorization: (made.body as { secret: string }).secret })).status).toBe(401)
  })

  it.each([
    ['login', 'start', '[missing]start'],
    ['login?start=0', 'end', '[missing]end'],
    [`login?start=soon&end=1`, 'start', '[couldNotConvert]start'],
    [`login?start=0&end=1e3`, 'end', '[couldNotConvert]end'],
    // The hours, days and months that hold the two are compared, and not the instants.
    ['registration?start=3600000&end=3599999', 'start', '[invalid]start'],
    [
      `daily-active-user?start=${zurich('2026-03-02T00:00')}&end=${zurich('2026-03-01T23:59')}`,
      'start',
      '[invalid]start',
    ],
    [
      `monthly-active-user?start=${zurich('2026-03-01T00:00')}&end=${zurich('2026-02-28T23:59')}`,
      'start',
      '[invalid]start',
    ],
    [`daily-active-users?${range}&applicationId=12345`, 'applicationId', '[couldNotConvert]applicationId'],
    [`login?${range}&userId=ann`, 'userId', '[couldNotConvert]userId'],
    [`login?${range}&loginId=%20`, 'loginId', '[blank]loginId'],
    [`login?${range}&loginId=a&loginIdTypes=mail`, 'loginIdTypes', '[invalid]loginIdTypes'],
    ['totals?excludes=everything', 'excludes', '[invalid]excludes'],
    [`monthly-active-users?start=0&start=1&end=1`, 'start', '[couldNotConvert]start'],
  ])('%s names %s', async (path, field, code) => {
    const reply = await ask(path)
    expect([reply.status, reply.headers.get('content-type')]).toEqual([400, 'application/json;charset=UTF-8'])
    const { fieldErrors } = reply.json as { fieldErrors: Record<string, { code: string; message: string }[]> }
    expect(fieldErrors[field]?.map((error) => error.code)).toEqual([code])
  })

  it('answers 404 without a body to an application that no event named, and to one of another realm', async () => {
    const other = await world.apiKey(await world.realm())
    for (const [id, asking] of [
      [NOBODY, key],
      [APP, other],
    ] as const) {
      const reply = await ask(`login?${range}&applicationId=${id}`, { authorization: asking })
      expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([404, '', null])
    }
    const totals = await ask('totals', { authorization: other })
    expect(totals.json).toEqual({ applicationTotals: {}, globalRegistrations: 0, totalGlobalRegistrations: 0 })
  })

  it('knows both spellings of both active user reports', async () => {
    for (const name of ['daily-active-user', 'daily-active-users', 'monthly-active-user', 'monthly-active-users'])
      expect((await ask(`${name}?${range}`)).status).toBe(200)
  })

  it('asks a key of the whole server for its tenant, and refuses a tenant that is not the key’s', async () => {
    const whole = await world.apiKey()
    const reply = await ask('totals', { authorization: whole })
    expect([reply.status, reply.json]).toEqual([
      400,
      {
        generalErrors: [
          {
            code: '[TenantIdRequired]',
            message: 'This key opens several tenants; name one in the X-FusionAuth-TenantId header',
          },
        ],
      },
    ])
    const tenant = { 'x-fusionauth-tenantid': NOBODY }
    expect((await ask('totals', { authorization: whole, ...tenant })).status).toBe(404)
    expect((await ask('totals', { authorization: key, ...tenant })).status).toBe(404)
    expect((await ask('totals', { authorization: key, 'x-fusionauth-tenantid': 'x' })).status).toBe(400)
  })
})
