import { buffer } from 'node:stream/consumers'
import { FusionAuthClient } from '@fusionauth/typescript-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromBufferPromise } from 'yauzl'
import { startWorld, type World } from '../../world.ts'

const now = Date.UTC(2026, 0, 15, 12)
const wiki = 'a0000000-0000-4000-8000-00000000000a'
const ann = 'b0000000-0000-4000-8000-00000000000b'

let world: World
let key: string
let client: FusionAuthClient
let events: string

beforeAll(async () => {
  world = await startWorld({}, { now: () => now })
  const realm = await world.realm()
  events = `/v1/realms/${realm.tenantId}/${realm.communityId}/events`
  key = await world.apiKey(realm)
  client = new FusionAuthClient(key, world.url)
})
afterAll(() => world?.[Symbol.asyncDispose]())

const call = async (method: string, path: string, body?: unknown, own = key) => {
  const answer = await fetch(`${world.url}/api${path}`, {
    method,
    headers: { authorization: own, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return answer
}

/** The one file of a zip. */
const unzipped = async (answer: Response): Promise<{ name: string; text: string }> => {
  const zip = await fromBufferPromise(Buffer.from(await answer.arrayBuffer()), {})
  for await (const entry of zip.eachEntry()) {
    const content = await zip.openReadStreamPromise(entry)
    return { name: entry.fileName, text: (await buffer(content)).toString() }
  }
  throw new Error('The zip is empty')
}

describe('the published client, unmodified', () => {
  it('makes applications, users and registrations, tells logins, and finds them in every count', async () => {
    const made = await client.createApplication(wiki, { application: { name: 'Wiki' } } as never)
    expect(made.response.application).toMatchObject({ id: wiki, name: 'Wiki', active: true, insertInstant: now })
    const user = await client.createUser(ann, {
      user: { email: 'Ann@example.com', firstName: 'Ann', password: 'a secret of hers' },
    })
    expect(user.response.user).toEqual({
      id: ann,
      email: 'Ann@example.com',
      firstName: 'Ann',
      active: true,
      insertInstant: now,
      lastUpdateInstant: now,
    })
    const registered = await client.register(ann, { registration: { applicationId: wiki } } as never)
    expect(registered.response.registration).toMatchObject({ applicationId: wiki, insertInstant: now })
    const both = await client.register('', {
      user: { username: 'bob' },
      registration: { applicationId: wiki },
    } as never)
    expect(both.response.user).toMatchObject({ username: 'bob' })
    const ping = await client.loginPing(ann, wiki, '192.0.2.7')
    expect(ping.response.user?.id).toBe(ann)
    expect((await client.retrieveApplications()).response.applications?.map(({ name }) => name)).toContain('Wiki')
    expect((await client.retrieveApplication(wiki)).response.application?.name).toBe('Wiki')
    expect((await client.retrieveUser(ann)).response.user?.email).toBe('Ann@example.com')
    expect((await client.retrieveUserByLoginId('ANN@EXAMPLE.COM')).response.user?.id).toBe(ann)
    const found = await world.call('GET', `${events}?order=oldest`)
    const told = (found.body as { events: { event_name: string; action: string }[] }).events
    expect(told.map(({ event_name, action }) => [event_name, action])).toEqual([
      ['application.create', 'object.created'],
      ['user.create', 'user.created'],
      ['user.registration.create', 'registration.created'],
      ['user.create', 'user.created'],
      ['user.registration.create', 'registration.created'],
      ['user.login.success', 'login'],
    ])
    expect(JSON.stringify(told)).not.toContain('secret of hers')
  })

  it('leaves no user behind whose registration was refused, and tells nothing of it', async () => {
    const id = 'c0000000-0000-4000-8000-00000000000c'
    const both = (email: string) => ({ user: { email }, registration: { id, applicationId: wiki } }) as never
    const before = (await client.retrieveTotalReport()).response
    await client.register('', both('carl@example.com'))
    const dave = 'd0000000-0000-4000-8000-00000000000d'
    await expect(client.register(dave, both('dave@example.com'))).rejects.toMatchObject({
      statusCode: 400,
      exception: { fieldErrors: { 'registration.applicationId': [{ code: '[duplicate]registration.applicationId' }] } },
    })
    await expect(client.retrieveUser(dave)).rejects.toMatchObject({ statusCode: 404 })
    expect((await client.retrieveTotalReport()).response.totalGlobalRegistrations).toBe(
      (before.totalGlobalRegistrations as number) + 1,
    )
  })

  it('searches login records and asks for recent logins', async () => {
    const record = {
      applicationId: wiki,
      applicationName: 'Wiki',
      loginId: 'Ann@example.com',
      loginIdType: 'email',
      instant: now,
      ipAddress: '192.0.2.7',
      userId: ann,
    }
    const search = { applicationId: wiki, userId: ann, start: now - 1, end: now, numberOfResults: 5, startRow: 0 }
    const found = await client.searchLoginRecords({ search, retrieveTotal: true } as never)
    expect(found.response).toEqual({ logins: [record], total: 1 })
    expect((await client.searchLoginRecords({ search: {} } as never)).response).toEqual({ logins: [record] })
    expect((await client.retrieveRecentLogins(0, 10)).response).toEqual({ logins: [record] })
    expect((await client.retrieveUserRecentLogins(ann, 0, 10)).response).toEqual({ logins: [record] })
    expect((await client.retrieveUserRecentLogins(ann, 1, 10)).response).toEqual({ logins: [] })
    expect(await (await call('GET', `/report/user-login?userId=${ann}&offset=0&limit=1`)).json()).toEqual({
      logins: [record],
    })
  })

  it('writes, shows and searches the audit log, which other dialects show as well', async () => {
    const entry = {
      insertUser: 'root@example.com',
      message: 'Raised the limit',
      reason: 'asked',
      oldValue: { most: 5 },
      newValue: { most: 7 },
    }
    const written = await client.createAuditLog({ auditLog: entry } as never)
    expect(written.statusCode).toBe(200)
    await client.createAuditLog({ auditLog: { insertUser: 'eve', message: 'Looked 100% around' } } as never)
    const { auditLogs, total } = (await client.searchAuditLogs({ search: { message: 'raised*' } } as never)).response
    expect([total, auditLogs?.length]).toEqual([1, 1])
    expect(auditLogs?.[0]).toMatchObject({ ...entry, insertInstant: now, id: expect.any(Number) })
    const one = await client.retrieveAuditLog(auditLogs?.[0]?.id as number)
    expect(one.response.auditLog).toEqual(auditLogs?.[0])
    const users = async (search: object) =>
      (await client.searchAuditLogs({ search } as never)).response.auditLogs?.map(({ insertUser }) => insertUser)
    expect(await users({ user: 'EVE' })).toEqual(['eve'])
    expect(await users({ message: '100%' })).toEqual(['eve'])
    expect(await users({ message: '1__%' })).toEqual([])
    expect(await users({ reason: 'ask' })).toEqual(['root@example.com'])
    expect(await users({ message: '*', orderBy: 'insertUser DESC', numberOfResults: 1 })).toEqual(['root@example.com'])
    expect(await users({ message: '*', orderBy: 'insertUser ASC', startRow: 1, user: '*e*' })).toEqual([
      'root@example.com',
    ])
    const nevis = await fetch(`${world.url}/nevis/api/v1/events?filter=Raised&fromDate=2026-01-01`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(await nevis.json()).toMatchObject({
      count: 1,
      events: [{ name: 'audit-log.create', description: 'Audit entry written', actor: { id: 'root@example.com' } }],
    })
    await world.call('POST', events, {
      event_name: 'E_SP_MODIFIED',
      category: 'AUDIT_LOG',
      user_id: 'root@example.com',
      event_id: 'elsewhere',
    })
    expect(await users({ message: 'E_SP_MODIFIED' })).toEqual(['root@example.com'])
  })

  it('reads the event log', async () => {
    await world.call('POST', events, {
      event_name: 'log.written',
      category: 'EVENT_LOG',
      object_type: 'Error',
      message: 'The relay said no',
    })
    const { eventLogs, total } = (await client.searchEventLogs({ search: { type: 'Error' } } as never)).response
    expect([total, eventLogs]).toEqual([
      1,
      [{ id: expect.any(Number), insertInstant: now, message: 'The relay said no', type: 'Error' }],
    ])
    expect((await client.retrieveEventLog(eventLogs?.[0]?.id as number)).response.eventLog).toEqual(eventLogs?.[0])
    expect((await client.searchEventLogs({ search: { type: 'Debug' } } as never)).response).toEqual({
      eventLogs: [],
      total: 0,
    })
  })

  it('shows, sets and changes the report zone of the realm, and asks for version, status and health', async () => {
    expect((await client.retrieveSystemConfiguration()).response.systemConfiguration?.reportTimezone).toBe('UTC')
    await client.patchSystemConfiguration({ systemConfiguration: { reportTimezone: 'America/Denver' } } as never)
    const shown = (await client.retrieveSystemConfiguration()).response.systemConfiguration
    const kept = { delete: { enabled: false, numberOfDaysToRetain: 365 } }
    expect(shown).toEqual({
      reportTimezone: 'America/Denver',
      auditLogConfiguration: kept,
      loginRecordConfiguration: kept,
    })
    await client.updateSystemConfiguration({
      systemConfiguration: { ...shown, reportTimezone: 'Asia/Kolkata' },
    } as never)
    expect((await client.retrieveSystemConfiguration()).response.systemConfiguration?.reportTimezone).toBe(
      'Asia/Kolkata',
    )
    expect((await client.retrieveVersion()).response.version).toMatch(/./)
    expect((await client.retrieveSystemStatus()).statusCode).toBe(200)
    expect((await client.retrieveSystemHealth()).statusCode).toBe(200)
  })

  it('knows whom and what only events of another dialect named, by UUIDs of version 5', async () => {
    const realm = await world.realm()
    const other = await world.apiKey(realm)
    const own = new FusionAuthClient(other, world.url)
    const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/events`
    await world.call('POST', path, {
      event_name: 'login',
      outcome: 'success',
      user_id: 'carl',
      application: 'intranet',
    })
    const { applications } = (await own.retrieveApplications()).response
    expect(applications).toEqual([
      { id: expect.stringMatching(/^[0-9a-f-]{14}5/), name: 'intranet', active: true, state: 'Active' },
    ])
    const [login] = (await own.retrieveRecentLogins(0, 1)).response.logins ?? []
    expect(login).toMatchObject({ applicationId: applications?.[0]?.id, applicationName: 'intranet' })
    await own.loginPing(login?.userId as string, login?.applicationId as string, '192.0.2.9')
    const { logins, total } = (
      await own.searchLoginRecords({
        search: { userId: login?.userId, applicationId: login?.applicationId },
        retrieveTotal: true,
      } as never)
    ).response
    expect([total, logins?.map(({ userId }) => userId)]).toEqual([2, [login?.userId, login?.userId]])
    const usage = await own.retrieveTotalReport()
    expect(usage.response.applicationTotals).toMatchObject({ [login?.applicationId as string]: { logins: 2 } })
  })

  it('deletes registrations, users and applications', async () => {
    await client.deleteRegistration(ann, wiki)
    await expect(client.deleteRegistration(ann, wiki)).rejects.toMatchObject({ statusCode: 404 })
    await client.deactivateUser(ann)
    expect((await client.retrieveUser(ann)).response.user?.active).toBe(false)
    await client.deleteUser(ann)
    await expect(client.retrieveUser(ann)).rejects.toMatchObject({ statusCode: 404 })
    await expect(client.loginPing(ann, '', '192.0.2.7')).rejects.toMatchObject({ statusCode: 404 })
    await client.deleteApplication(wiki)
    for (const ask of [() => client.retrieveLoginReport(wiki, 0, now), () => client.retrieveApplication(wiki)])
      await expect(ask()).rejects.toMatchObject({ statusCode: 404 })
    const found = await world.call('GET', `${events}?filter=${encodeURIComponent('{"dialect":"passport"}')}`)
    expect((found.body as { events: { event_name: string }[] }).events.map(({ event_name }) => event_name)).toEqual(
      expect.arrayContaining(['user.registration.delete', 'user.deactivate', 'user.delete', 'application.delete']),
    )
  })
})

describe('exports', () => {
  it('of login records have the head and the times of the vendor', async () => {
    const answer = await call('POST', '/system/login-record/export', {
      criteria: { userId: ann },
      zoneId: 'America/Denver',
    })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip'])
    expect(await unzipped(answer)).toEqual({
      name: 'login-records.csv',
      text: [
        'User Id ,Identity value ,Identity type ,Time ,Application Id ,IP Address ,City ,Country ,Zipcode ,Region ,Latitude ,Longitude ',
        `${ann},Ann@example.com,email,1/15/2026 05:00:00 AM MST,${wiki},192.0.2.7,,,,,,`,
        '',
      ].join('\r\n'),
    })
  })

  it('of the audit log write times as they are told, in the zone of the realm', async () => {
    const query = new URLSearchParams({ user: 'eve', dateTimeSecondsFormat: "yyyy-MM-dd'T'HH:mm:ssX" })
    const answer = await call('GET', `/system/audit-log/export?${query}`)
    expect((await unzipped(answer)).text.replace(/^\d+,/m, '7,')).toBe(
      'Id ,User ,Time ,Message \r\n7,eve,2026-01-15T17:30:00+05:30,Looked 100% around\r\n',
    )
  })
})

describe('bad input', () => {
  it.each([
    ['GET', '/application/5', undefined, 'applicationId'],
    ['POST', '/application/5', { application: { name: 'x' } }, 'applicationId'],
    ['POST', '/application', {}, 'application'],
    ['POST', '/application', { application: 7 }, 'application'],
    ['POST', '/application', { application: { name: ' ' } }, 'name'],
    ['POST', '/user', { user: {} }, 'user.email'],
    ['POST', '/user', { user: { email: 'bob\u0000' } }, 'user.email'],
    ['POST', '/user', { user: { username: 'BOB' } }, 'user.username'],
    ['DELETE', '/user/x', undefined, 'userId'],
    ['PUT', '/login/x/y', undefined, 'userId'],
    ['PUT', `/login/${ann}?ipAddress=999.1.1.1`, undefined, 'ipAddress'],
    ['POST', `/user/registration/${ann}`, {}, 'registration'],
    ['POST', `/user/registration/${ann}`, { registration: { applicationId: 'x' } }, 'applicationId'],
    ['POST', `/user/registration/${ann}`, { registration: { applicationId: ann } }, 'registration.applicationId'],
    ['GET', '/system/login-record/search?applicationId=1', undefined, 'applicationId'],
    ['GET', '/system/login-record/search?start=yesterday', undefined, 'start'],
    ['GET', '/system/login-record/search?start=2&end=1', undefined, 'end'],
    ['GET', '/system/login-record/search?end=9999999999999999', undefined, 'end'],
    ['GET', '/system/login-record/search?numberOfResults=0', undefined, 'numberOfResults'],
    ['GET', '/system/login-record/search?startRow=-1', undefined, 'startRow'],
    ['POST', '/system/login-record/search', { search: [] }, 'search'],
    ['POST', '/system/login-record/search', { search: { userId: 5 } }, 'userId'],
    ['POST', '/system/login-record/export', { zoneId: 'Mars/Olympus' }, 'zoneId'],
    ['POST', '/system/login-record/export', { dateTimeSecondsFormat: 'qqq' }, 'dateTimeSecondsFormat'],
    ['GET', '/user/recent-login?limit=many', undefined, 'limit'],
    ['GET', '/report/user-login', undefined, 'userId'],
    ['POST', '/system/audit-log', { auditLog: { message: 'x' } }, 'auditLog.insertUser'],
    ['POST', '/system/audit-log', { auditLog: { insertUser: 'x', message: 5 } }, 'auditLog.message'],
    ['GET', '/system/audit-log/x', undefined, 'id'],
    ['GET', '/system/audit-log/search?orderBy=size', undefined, 'orderBy'],
    ['GET', '/system/event-log/search?type=Fatal', undefined, 'type'],
    ['PUT', '/system-configuration', { systemConfiguration: {} }, 'systemConfiguration.reportTimezone'],
    [
      'PATCH',
      '/system-configuration',
      { systemConfiguration: { reportTimezone: '+05:00' } },
      'systemConfiguration.reportTimezone',
    ],
    [
      'PATCH',
      '/system-configuration',
      { systemConfiguration: { auditLogConfiguration: { delete: { enabled: true } } } },
      'systemConfiguration.auditLogConfiguration.delete.enabled',
    ],
    [
      'PATCH',
      '/system-configuration',
      { systemConfiguration: { loginRecordConfiguration: { delete: { numberOfDaysToRetain: 30 } } } },
      'systemConfiguration.loginRecordConfiguration.delete.numberOfDaysToRetain',
    ],
    [
      'PUT',
      '/system-configuration',
      { systemConfiguration: { reportTimezone: 'UTC', eventLogConfiguration: { numberToRetain: 5 } } },
      'systemConfiguration.eventLogConfiguration.numberToRetain',
    ],
  ])('%s %s is refused, naming what is wrong', async (method, path, body, field) => {
    const answer = await call(method, path, body)
    const { fieldErrors } = (await answer.json()) as { fieldErrors: Record<string, unknown> }
    expect([answer.status, Object.keys(fieldErrors)]).toEqual([400, [field]])
  })

  it.each([
    ['GET', `/application/${ann}`],
    ['DELETE', `/application/${ann}`],
    ['GET', `/user/${wiki}`],
    ['DELETE', `/user/${wiki}?hardDelete=true`],
    ['PUT', `/login/${wiki}/${wiki}`],
    ['DELETE', `/user/registration/${wiki}/${wiki}`],
    ['GET', `/user/recent-login?userId=${wiki}`],
    ['GET', '/system/audit-log/9007199254740991'],
    ['GET', '/system/event-log/0'],
  ])('%s %s is not there, and has no body', async (method, path) => {
    const answer = await call(method, path)
    expect([answer.status, await answer.text()]).toEqual([404, ''])
  })

  it('a body that is no JSON is refused, and pages past the end are empty', async () => {
    expect((await call('POST', '/user', '{')).status).toBe(400)
    expect((await call('POST', '/system/audit-log', '[]')).status).toBe(400)
    expect(await (await call('GET', '/system/audit-log/search?startRow=1000000')).json()).toMatchObject({
      auditLogs: [],
    })
    expect(await (await call('GET', '/system/login-record/search?startRow=1000000&retrieveTotal=true')).json()).toEqual(
      { logins: [], total: 1 },
    )
  })

  it('a key of another realm sees and changes nothing here', async () => {
    const other = await world.apiKey(await world.realm())
    expect((await call('GET', `/user/${ann}`, undefined, other)).status).toBe(404)
    expect(await (await call('GET', '/system/audit-log/search', undefined, other)).json()).toEqual({
      auditLogs: [],
      total: 0,
    })
    expect(await (await call('GET', '/application', undefined, other)).json()).toEqual({ applications: [] })
    expect((await call('GET', '/system/version', undefined, 'nobody-knows-this-key')).status).toBe(401)
    expect((await fetch(`${world.url}/api/status`)).status).toBe(200)
  })
})
