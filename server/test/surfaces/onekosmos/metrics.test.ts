import { afterAll, beforeAll, expect, it } from 'vitest'
import { metric, native, pathOf } from '../../journeys/native.ts'
import { until } from '../../until.ts'
import type { World } from '../../world.ts'
import { type Setting, settle, startReports } from './reports-setting.ts'

let world: World
let setting: Setting
const today = Math.floor(Date.now() / 86_400_000) * 86_400_000
const DAY = 86_400_000
const HOUR = 3_600_000
const written = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('Z', '')
/** Three whole days, of which the second holds nearly everything. */
const span = { from: written(today - 4 * DAY), to: written(today - DAY) }
const at = (hours: number): string => written(today - 3 * DAY + hours * HOUR)

beforeAll(async () => {
  world = await startReports('observed')
  setting = await settle(world)
  const login = (user_id: string, hours: number, more: object = {}) =>
    ['E_LOGIN_SUCCEEDED', { user_id, timestamp: at(hours), auth_method: 'push', session_id: 's1', ...more }] as const
  const failed = (hours: number, reason: string) =>
    ['E_LOGIN_FAILED', { user_id: 'eve', timestamp: at(hours), reason: { reason } }] as const
  await setting.send([
    login('ann', 1, { device_id: 'd1', moduleId: 'm1' }),
    login('ann', 1.5, { device_id: 'd1', auth_method: 'otp' }),
    login('bob', 23.75, { device_id: 'd2', factsSubmitted: { authModuleId: 'm2' } }),
    // At the very end of the span, which is not a part of it.
    login('cid', 48, { device_id: 'd3' }),
    failed(2, 'Wrong code'),
    failed(3, 'Wrong code'),
    failed(4, 'Locked'),
    ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'ann', timestamp: at(5), sp_name: 'wiki' }],
    ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'bob', timestamp: at(6), sp_name: 'wiki' }],
    ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'bob', timestamp: at(6), sp_name: 'mail' }],
    ['E_IDV_INITIALIZATION', { sessionId: 'p1', timestamp: at(7) }],
    ['E_IDV_SELFIECAPTURE', { sessionId: 'p1', timestamp: at(7.2) }],
    ['E_IDV_SESSION_EXPIRED', { sessionId: 'p1', timestamp: at(9) }],
    ['E_IDV_DOCUMENT_SUBMISSION', { sessionId: 'p2', timestamp: at(9.1) }],
  ])
  // The same over the native API counts, too: what a login is, every dialect says.
  await native(world.url)('POST', `${pathOf(setting.realm)}/events`, {
    event_name: 'login',
    outcome: 'success',
    user_id: 'dee',
    auth_method: 'fido2',
    timestamp: today - 3 * DAY + 10 * HOUR,
  })
  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
})
afterAll(() => world?.[Symbol.asyncDispose]())

const ask = async (metricsName: string, more: object = {}): Promise<string> =>
  (await setting.ask('metrics', { metricsName, ...span, ...more })).text
const date = (offset: number): string => written(today - offset * DAY).slice(0, 10)

it('answers one figure byte for byte', async () => {
  expect(await ask('M_C_LOGINS')).toBe('{"count":4}')
  expect(await ask('M_C_ACTIVE_USER')).toBe('{"count":3}')
  expect(await ask('M_C_ACTIVE_USER', { authModuleId: 'm1' })).toBe('{"count":1}')
  expect(await ask('M_C_ACTIVE_USER', { authModuleId: 'nothing' })).toBe('{"count":0}')
  expect(await ask('M_C_ACTIVE_USER', { authModuleId: 'm2' })).toBe('{"count":1}')
  // It is a filter of that metric alone.
  expect(await ask('M_C_LOGINS', { authModuleId: 'nothing' })).toBe('{"count":4}')
  expect(await ask('M_C_LOGIN_FAILED')).toBe('{"count":3}')
  expect(await ask('M_C_NEW_DEVICES')).toBe('{"count":2}')
})

it('answers one figure for each name, with their sum', async () => {
  expect(await ask('M_G_APPLICATION_USAGE')).toBe(
    '{"data":[{"name":"wiki","count":2},{"name":"mail","count":1}],"total":3}',
  )
  expect(await ask('M_G_LOGIN_FAILED')).toBe(
    '{"data":[{"name":"Wrong code","count":2},{"name":"Locked","count":1}],"total":3}',
  )
})

it('answers figures of each day in the zone that is asked for', async () => {
  const [day, next] = [date(3), date(2)].map((one) => `${one} 00:00:00.000`)
  expect(JSON.parse(await ask('M_GT_SUCCESSFUL_AUTHENTICATIONS'))).toEqual({
    data: [
      { time: day, name: 'fido2', count: 1 },
      { time: day, name: 'otp', count: 1 },
      { time: day, name: 'push', count: 2 },
    ],
    total: 4,
  })
  expect(JSON.parse(await ask('M_T_NEW_DEVICES', { responseTimezone: 'Asia/Kathmandu' }))).toEqual({
    data: [
      { time: day, count: 1 },
      { time: next, count: 1 },
    ],
    total: 2,
  })
  expect(JSON.parse(await ask('M_GT_PROOFING_SESSION'))).toEqual({
    data: [
      { time: day, name: 'EXPIRED', count: 1 },
      { time: day, name: 'INPROGRESS', count: 1 },
      { time: day, name: 'PENDING', count: 1 },
    ],
    total: 3,
  })
})

it('answers by hour of that calendar day when the end equals the begin', async () => {
  const noon = { from: at(12), to: at(12) }
  const hour = (hours: string): string => `${date(3)} ${hours}:00.000`
  expect(JSON.parse(await ask('M_GT_SUCCESSFUL_AUTHENTICATIONS', noon))).toMatchObject({
    data: [
      { time: hour('01:00'), name: 'otp', count: 1 },
      { time: hour('01:00'), name: 'push', count: 1 },
      { time: hour('10:00'), name: 'fido2', count: 1 },
      { time: hour('23:00'), name: 'push', count: 1 },
    ],
  })
  expect(await ask('M_C_LOGINS', noon)).toBe('{"count":4}')
  expect(JSON.parse(await ask('M_T_NEW_DEVICES', { ...noon, responseTimezone: 'Asia/Kathmandu' }))).toEqual({
    data: [{ time: hour('06:00'), count: 1 }],
    total: 1,
  })
})

it('counts the two ends of a span to the millisecond', async () => {
  const count = async (from: number, to: number) => await ask('M_C_LOGINS', { from: at(from), to: at(to) })
  expect(await count(1, 1.5)).toBe('{"count":1}')
  expect(await count(1.5, 1.51)).toBe('{"count":1}')
  expect(await count(1.01, 10.01)).toBe('{"count":2}')
  expect(await count(-30.3, 48.001)).toBe('{"count":5}')
})

it('answers nothing found as zeros and empty lists', async () => {
  const none = await settle(world)
  for (const [metricsName, text] of [
    ['M_C_LOGINS', '{"count":0}'],
    ['M_C_ACTIVE_USER', '{"count":0}'],
    ['M_G_LOGIN_FAILED', '{"data":[],"total":0}'],
    ['M_T_NEW_DEVICES', '{"data":[],"total":0}'],
  ])
    expect((await none.ask('metrics', { metricsName })).text).toBe(text)
})
