import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { minutesAgo, pick, rowsOf, type Setting, settle, startReports } from './reports-setting.ts'

const now = Date.now()
const at = (minutes: number): { timestamp: string } => ({ timestamp: minutesAgo(minutes, now) })
const ms = (minutes: number): number => now - minutes * 60_000

/** One community's morning: attempts, logins, redirects, changes. */
const history: readonly (readonly [string, Record<string, unknown>])[] = [
  ['E_LOGIN_ATTEMPT', { user_id: 'ada', person_id: 'p1', serviceProvider: 'payroll', ...at(50) }],
  ['E_LOGIN_ATTEMPT', { user_id: 'ada', person_id: 'p2', sp_name: 'payroll', note: 1.0, ...at(40) }],
  ['E_LOGIN_ATTEMPT', { user_id: 'ada', person_id: 'p2', sp_id: 'wiki', ...at(45) }],
  ['E_LOGIN_ATTEMPT', { user_id: 'bob', serviceProvider: 'payroll', ...at(48) }],
  ['E_LOGIN_ATTEMPT', { serviceProvider: 'payroll', ...at(47) }],
  ['E_LOGIN_SUCCEEDED', { user_id: 'ada', session_id: 's2', auth_method: 'push', event_id: 'l1', ...at(39) }],
  ['E_LOGIN_SUCCEEDED', { user_id: 'ada', session_id: 's2', auth_method: 'push', event_id: 'l2', ...at(38) }],
  ['E_LOGIN_SUCCEEDED', { user_id: 'bob', session_id: 's1', auth_method: 'otp', event_id: 'l3', ...at(37) }],
  [
    'E_LOGIN_SUCCEEDED',
    { user_id: 'eve', event_id: 'l4', factsSubmitted: { applicationId: 'adminx' }, auth_method: 'otp', ...at(36) },
  ],
  ['E_LOGIN_SUCCEEDED', { user_id: 'eve', event_id: 'l5', sp_name: 'x', application: 'adminx', ...at(35) }],
  ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'ada', session_id: 's2', sp_name: 'payroll', event_id: 'r1', ...at(34) }],
  ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'ada', session_id: 's2', sp_name: 'wiki', event_id: 'r2', ...at(33) }],
  ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'bob', session_id: 's1', auth_method: 'otp', event_id: 'r3', ...at(32) }],
  ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'bob', person_id: 'p9', session_id: 's0', event_id: 'r4', ...at(31) }],
  ['E_USER_ONBOARDED', { user_id: 'ada', person_id: 'p1', event_id: 'o1', ...at(60) }],
  ['E_USER_ONBOARDED', { user_id: 'bob', event_id: 'o2', ...at(59) }],
  ['E_DIRECTORY_ADDED', { user_id: 'eve', event_id: 'a1', eventCategory: 'AUDIT_LOG', ...at(30) }],
  ['E_SP_MODIFIED', { user_id: 'ada', event_id: 'a2', eventCategory: 'AUDIT_LOG', new_sp: { b: 1 }, ...at(29) }],
  ['E_SP_MODIFIED', { user_id: 'ada', event_id: 'a3', eventCategory: 'AUDIT_LOG', ...at(60 * 30) }],
  ['T_TRANSFER', { type: 'transaction', uid: 'xxxxxx', event_id: 't1', ...at(20) }],
  ['T_TRANSFER', { type: 'transaction', uid: 'yyyyyy', event_id: 't2', ...at(19) }],
  ['E_OLD', { user_id: 'ada', device_id: 'd1', event_id: 'old', ...at(60 * 24 * 300) }],
  ['E_NEW', { user_id: 'zoe', device_id: 'd1', event_id: 'new', ...at(60 * 24 * 200) }],
]

const tell = (profile: 'documented' | 'observed', body: (own: () => Setting) => void): void => {
  describe(`the ${profile} profile`, () => {
    let world: World
    let setting: Setting
    beforeAll(async () => {
      world = await startReports(profile)
      setting = await settle(world)
      await setting.send(history)
      // Another community of the same server; nothing of it may show up in any answer.
      await (await settle(world)).send(history.map(([name, event]) => [name, { ...event, stranger: true }]))
    })
    afterAll(() => world[Symbol.asyncDispose]())
    body(() => setting)
  })
}

tell('documented', (own) => {
  it('sums attempts up per service provider and user, oldest latest login first', async () => {
    const reply = await own().ask('application_usage_report')
    expect(reply.json).toEqual({
      page: { total: 3, pSize: 25, pIndex: 0 },
      data: [
        { serviceProvider: 'payroll', user_id: 'bob', latest_login: ms(48), last_login: null, person_id_count: 0 },
        { serviceProvider: 'wiki', user_id: 'ada', latest_login: ms(45), last_login: null, person_id_count: 1 },
        { serviceProvider: 'payroll', user_id: 'ada', latest_login: ms(40), last_login: ms(50), person_id_count: 2 },
      ],
    })
  })

  it('filters usage by user, person and any name of the service provider', async () => {
    const rows = async (body: object) => pick(await own().ask('application_usage_report', body), 'latest_login')
    expect(await rows({ user_id: 'bob' })).toEqual([ms(48)])
    expect(await rows({ person_id: 'p1' })).toEqual([ms(50)])
    expect(await rows({ serviceProvider: 'wiki' })).toEqual([ms(45)])
    expect(await rows({ serviceProvider: 'payroll' })).toEqual([ms(48), ms(40)])
    expect(await rows({ eventName: 'E_NOBODY', query: { user_id: 'x' } })).toHaveLength(3)
  })

  it('tells the latest redirect of each user and the one before', async () => {
    const reply = await own().ask('passwordless_login_activity_report')
    expect(rowsOf(reply)).toEqual([
      { user_id: 'ada', latest_login: ms(33), last_login: ms(34) },
      { user_id: 'bob', latest_login: ms(31), last_login: ms(32) },
    ])
    const filtered = await own().ask('passwordless_login_activity_report', { person_id: 'p9' })
    expect(rowsOf(filtered)).toEqual([{ user_id: 'bob', latest_login: ms(31), last_login: null }])
  })

  it('counts the logins of each user', async () => {
    expect(rowsOf(await own().ask('service_usage_report'))).toEqual(
      [
        { user_id: 'bob', login_count: 1, last_login: ms(37) },
        { user_id: 'ada', login_count: 2, last_login: ms(38) },
        { user_id: 'eve', login_count: 2, last_login: ms(35) },
      ].sort((a, b) => a.last_login - b.last_login),
    )
  })

  it('skips pIndex hits and counts all of them', async () => {
    const reply = await own().ask('login_activity_report', { pSize: 2, pIndex: 1 })
    expect((reply.json as { page: unknown }).page).toEqual({ total: 4, pSize: 2, pIndex: 1 })
    expect(pick(reply, 'event_id')).toEqual(['r2', 'r3'])
  })

  it('lists login activity oldest first, by method and user', async () => {
    expect(pick(await own().ask('login_activity_report'), 'event_id')).toEqual(['r1', 'r2', 'r3', 'r4'])
    expect(pick(await own().ask('login_activity_report', { auth_method: 'otp' }), 'event_id')).toEqual(['r3'])
    expect(pick(await own().ask('login_activity_report', { user_id: 'ada' }), 'event_id')).toEqual(['r1', 'r2'])
    expect(pick(await own().ask('login_activity_report', { application: 'wiki' }), 'event_id')).toHaveLength(4)
  })

  it('adds logins to the portal in the second version, where the application filters too', async () => {
    const ids = async (body: object) => pick(await own().ask('v2/login_activity_report', body), 'event_id')
    expect(await ids({})).toEqual(['l4', 'l5', 'r1', 'r2', 'r3', 'r4'])
    expect(await ids({ application: 'adminx' })).toEqual(['l4', 'l5'])
    expect(await ids({ application: 'wiki' })).toEqual(['r2'])
    expect(await ids({ auth_method: 'otp', user_id: 'eve' })).toEqual(['l4'])
  })

  it('lists onboardings, oldest first, by user and person', async () => {
    expect(pick(await own().ask('service_onboarding_report'), 'event_id')).toEqual(['o1', 'o2'])
    expect(pick(await own().ask('service_onboarding_report', { person_id: 'p1' }), 'event_id')).toEqual(['o1'])
  })

  it('lists a day of the audit log, newest first', async () => {
    expect(pick(await own().ask('audit_log'), 'event_id')).toEqual(['a2', 'a1'])
    const from = minutesAgo(60 * 48, now)
    expect(pick(await own().ask('audit_log', { from, user_id: 'ada' }), 'event_id')).toEqual(['a2', 'a3'])
  })

  it('lists transactions by any of their fields, and only there', async () => {
    expect(pick(await own().ask('transactions'), 'event_id')).toEqual(['t1', 't2'])
    expect(pick(await own().ask('transactions', { query: { uid: 'xxxxxx' } }), 'event_id')).toEqual(['t1'])
    expect(pick(await own().ask('events', { uid: 'xxxxxx' }), 'event_id')).toEqual([])
  })

  it('keeps the order of events and shows nothing of another community', async () => {
    const reply = await own().ask('events', { pSize: 100 })
    const times = pick(reply, 'event_ts') as number[]
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect((reply.json as { page: { total: number } }).page.total).toBe(history.length - 4)
    expect(reply.text).not.toContain('stranger')
  })

  it('finds the newest event of a user, device or person, however old', async () => {
    const seen = async (body: object) => pick(await own().ask('last_seen_report', body), 'event_id')
    expect(await seen({ user_id: 'ada' })).toEqual(['a2'])
    expect(await seen({ device_id: 'd1' })).toEqual(['new'])
    expect(await seen({ user_id: 'ada', device_id: 'd1' })).toEqual(['old'])
    expect(await seen({ user_id: 'ada', device_id: 'd1', eventName: 'E_NEW' })).toEqual([])
    expect(await seen({ person_id: 'p9' })).toEqual(['r4'])
    expect(await seen({ user_id: 'zoe', person_id: 'p9' })).toEqual([])
  })

  it('returns what was sent byte for byte, with the server’s fields behind it', async () => {
    const { client, realm, ask } = own()
    const raw =
      '{"type":"event","event_id":"raw-1","big":9223372036854775807,"one":1.0,"esc":"\\u0041","z":null,"a":{},"n":[1, 2]}'
    expect((await client.putEvent(realm, 'E_RAW', raw)).status).toBe(200)
    const reply = await ask('events', { eventName: 'E_RAW' })
    expect(reply.text).toContain(raw.slice(0, -1))
    expect(rowsOf(reply)[0]).toMatchObject({
      eventName: 'E_RAW',
      event_name: 'E_RAW',
      tenant_id: realm.tenantId,
      community_id: realm.communityId,
    })
  })

  it('finds an event at once after it was answered', async () => {
    for (let round = 0; round < 5; round++) {
      await own().send([['E_FRESH', { round }]])
      const reply = await own().ask('events', { eventName: 'E_FRESH' })
      expect(pick(reply, 'round')).toHaveLength(round + 1)
      expect(reply.headers.get('rollcall-incomplete')).toBeNull()
    }
  })
})

tell('observed', (own) => {
  it('lists events newest first, and pIndex counts pages', async () => {
    const first = await own().ask('login_activity_report', { pSize: 3 })
    const second = await own().ask('login_activity_report', { pSize: 3, pIndex: 1 })
    const ids = (reply: typeof first) =>
      (reply.json as { data: { activityEvents: { event_id: string }[] } }).data.activityEvents.map((e) => e.event_id)
    expect([ids(first), ids(second)]).toEqual([['r4', 'r3', 'r2'], ['r1']])
    const events = await own().ask('events', { pSize: 1, eventName: 'E_SP_REDIRECT_SUCCEEDED' })
    expect(pick(events, 'event_id')).toEqual(['r4'])
  })

  it('gives login activity with the login of each of its sessions', async () => {
    const reply = await own().ask('login_activity_report')
    const { page, data } = reply.json as {
      page: { total: number }
      data: { activityEvents: unknown[]; loginEvents: Record<string, { event_id: string; eventName: string }>[] }
    }
    expect([page.total, data.activityEvents.length]).toEqual([4, 4])
    expect(data.loginEvents.map((entry) => Object.keys(entry))).toEqual([['s1'], ['s2']])
    expect(data.loginEvents.map((entry) => Object.values(entry)[0]?.event_id)).toEqual(['l3', 'l2'])
  })

  it('holds the audit log in an object', async () => {
    const reply = await own().ask('audit_log')
    const { data } = reply.json as { data: { auditLogEvents: { event_id: string }[] } }
    expect(data.auditLogEvents.map((event) => event.event_id)).toEqual(['a2', 'a1'])
  })

  it('spreads the latest event into usage rows, newest first, and the row wins', async () => {
    const reply = await own().ask('application_usage_report')
    expect(pick(reply, 'latest_login')).toEqual([ms(40), ms(45), ms(48)])
    expect(rowsOf(reply)[0]).toMatchObject({
      type: 'event',
      sp_name: 'payroll',
      serviceProvider: 'payroll',
      eventName: 'E_LOGIN_ATTEMPT',
      event_ts: ms(40),
      person_id: 'p2',
      latest_login: ms(40),
      last_login: ms(50),
      person_id_count: 2,
    })
    const passwordless = await own().ask('passwordless_login_activity_report')
    expect(pick(passwordless, 'event_id')).toEqual(['r4', 'r2'])
    expect(pick(passwordless, 'last_login')).toEqual([ms(32), ms(34)])
    const usage = await own().ask('service_usage_report')
    expect(pick(usage, 'user_id')).toEqual(['eve', 'bob', 'ada'])
    expect(Object.keys(rowsOf(usage)[0] ?? {})).toEqual(['user_id', 'login_count', 'last_login'])
  })

  it('answers the last seen event in a list of one', async () => {
    const reply = await own().ask('last_seen_report', { user_id: 'zoe' })
    expect(Object.keys(reply.json as object)).toEqual(['data'])
    expect(pick(reply, 'event_id')).toEqual(['new'])
  })
})
