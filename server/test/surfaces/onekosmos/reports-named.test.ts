import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { pick, rowsOf, type Sent, type Setting, settle, startReports } from './reports-setting.ts'

const start = Date.now() - 3_600_000
const at = (seconds: number) => ({ event_ts: start + seconds * 1_000 })
const events: readonly Sent[] = [
  ['E_LOGIN_ATTEMPT', { user_id: 'ada', person_id: 'p1', serviceProvider: 'wiki', ...at(1) }],
  ['E_LOGIN_ATTEMPT', { user_id: 'bob', person_id: 'p2', sp_name: 'mail', ...at(2) }],
  ['E_LOGIN_ATTEMPT', { user_id: 'bob', person_id: 'p3', sp_id: '77', ...at(3) }],
  ['E_LOGIN_SUCCEEDED', { user_id: 'ada', person_id: 'p1', event_id: 'l1', ...at(4) }],
  ['E_LOGIN_SUCCEEDED', { user_id: 'ada', person_id: 'p2', event_id: 'l2', ...at(5) }],
  ['E_LOGIN_SUCCEEDED', { user_id: 'bob', person_id: 'p2', event_id: 'l3', ...at(6) }],
  ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'ada', person_id: 'p1', application: 'a1', event_id: 'r1', ...at(7) }],
  ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'ada', person_id: 'p2', sp_name: 'a2', event_id: 'r2', ...at(8) }],
  ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'bob', auth_method: 'otp', sp_id: 'a3', event_id: 'r3', ...at(9) }],
  ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'bob', factsSubmitted: { applicationId: 'a4' }, event_id: 'r4', ...at(10) }],
  ['E_USER_ONBOARDED', { user_id: 'ada', person_id: 'p1', event_id: 'o1', ...at(11) }],
  ['E_USER_ONBOARDED', { user_id: 'bob', person_id: 'p2', event_id: 'o2', ...at(12) }],
  ['E_DIRECTORY_ADDED', { user_id: 'ada', eventCategory: 'AUDIT_LOG', event_id: 'a1', ...at(13) }],
  ['E_DIRECTORY_ADDED', { user_id: 'bob', eventCategory: 'AUDIT_LOG', event_id: 'a2', ...at(14) }],
]

let world: World
let setting: Setting
beforeAll(async () => {
  world = await startReports('documented')
  setting = await settle(world)
  await setting.send(events)
})
afterAll(() => world[Symbol.asyncDispose]())

const ids = async (name: string, body: object) => pick(await setting.ask(name, body), 'event_id')

describe('the filters that documents name', () => {
  it('of application usage are the user, the person and the provider by each of its names', async () => {
    const rows = async (body: object) =>
      rowsOf(await setting.ask('application_usage_report', body)).map((row) => [row.user_id, row.serviceProvider])
    expect(await rows({})).toEqual([
      ['ada', 'wiki'],
      ['bob', 'mail'],
      ['bob', '77'],
    ])
    expect(await rows({ user_id: 'ada' })).toEqual([['ada', 'wiki']])
    expect(await rows({ person_id: 'p3' })).toEqual([['bob', '77']])
    expect(await rows({ serviceProvider: 'mail' })).toEqual([['bob', 'mail']])
    expect(await rows({ serviceProvider: '77' })).toEqual([['bob', '77']])
    expect(await rows({ serviceProvider: 'mail', user_id: 'ada' })).toEqual([])
  })

  it('of passwordless logins are the user and the person', async () => {
    const rows = async (body: object) => rowsOf(await setting.ask('passwordless_login_activity_report', body))
    const [r1, r2] = [start + 7_000, start + 8_000]
    expect(await rows({ user_id: 'ada' })).toEqual([{ user_id: 'ada', latest_login: r2, last_login: r1 }])
    expect(await rows({ person_id: 'p1' })).toEqual([{ user_id: 'ada', latest_login: r1, last_login: null }])
    expect(await rows({ user_id: 'bob', person_id: 'p1' })).toEqual([])
  })

  it('of service usage are the user and the person', async () => {
    const rows = async (body: object) => rowsOf(await setting.ask('service_usage_report', body))
    expect(await rows({ user_id: 'ada' })).toEqual([{ user_id: 'ada', login_count: 2, last_login: start + 5_000 }])
    expect(await rows({ person_id: 'p2' })).toEqual([
      { user_id: 'ada', login_count: 1, last_login: start + 5_000 },
      { user_id: 'bob', login_count: 1, last_login: start + 6_000 },
    ])
    expect(await rows({ user_id: 'bob', person_id: 'p1' })).toEqual([])
  })

  it('of onboardings are the user and the person', async () => {
    expect(await ids('service_onboarding_report', { user_id: 'bob' })).toEqual(['o2'])
    expect(await ids('service_onboarding_report', { person_id: 'p1' })).toEqual(['o1'])
    expect(await ids('service_onboarding_report', { user_id: 'bob', person_id: 'p1' })).toEqual([])
  })

  it('of login activity are the method and the user, and in its second version the application by each of its names', async () => {
    for (const name of ['login_activity_report', 'v2/login_activity_report']) {
      expect(await ids(name, { auth_method: 'otp' })).toEqual(['r3'])
      expect(await ids(name, { user_id: 'ada' })).toEqual(['r1', 'r2'])
      expect(await ids(name, { user_id: 'ada', auth_method: 'otp' })).toEqual([])
    }
    for (const [application, id] of [
      ['a1', 'r1'],
      ['a2', 'r2'],
      ['a3', 'r3'],
      ['a4', 'r4'],
    ])
      expect(await ids('v2/login_activity_report', { application })).toEqual([id])
  })

  it('of the audit log is the user', async () => {
    expect(await ids('audit_log', { user_id: 'ada' })).toEqual(['a1'])
  })

  it('are texts, and what is none is named', async () => {
    for (const [name, field] of [
      ['application_usage_report', 'serviceProvider'],
      ['passwordless_login_activity_report', 'person_id'],
      ['audit_log', 'user_id'],
    ] as const) {
      const reply = await setting.ask(name, { [field]: 7 })
      expect([reply.status, reply.text]).toEqual([
        400,
        `{"statusCode":400,"error":"Bad Request","message":"Field should be a string","errors":[{"message":"Field should be a string","param":"${field}"}]}`,
      ])
    }
  })

  it('are the only ones there: other fields do not narrow', async () => {
    const other = { eventName: 'E_NOBODY', query: { user_id: 'nobody' }, device_id: 'nothing' }
    expect(await ids('service_onboarding_report', other)).toEqual(['o1', 'o2'])
    expect(await ids('login_activity_report', { ...other, application: 'a1' })).toHaveLength(4)
  })
})
