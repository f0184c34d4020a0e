import { afterAll, beforeAll, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { pick, type Setting, settle, startReports } from './reports-setting.ts'

/** Half past noon: the spans that queries have when nobody says one begin by this clock. */
const now = Date.UTC(2026, 2, 15, 12, 30)
const at = (days: number, ms = 0) => {
  const time = Date.UTC(2026, 2, 15 - days) + ms
  return { event_ts: time }
}
const NOON = 12.5 * 3_600_000

let world: World
let setting: Setting
beforeAll(async () => {
  world = await startReports('documented', {}, { now: () => now })
  setting = await settle(world, undefined, () => now)
  await setting.send([
    ['E_EDGE', { event_id: 'too old', ...at(30, -1) }],
    ['E_EDGE', { event_id: 'oldest', ...at(30) }],
    ['E_EDGE', { event_id: 'now', event_ts: now }],
    ['E_SP_MODIFIED', { event_id: 'a day and more', eventCategory: 'AUDIT_LOG', ...at(1, NOON - 1) }],
    ['E_SP_MODIFIED', { event_id: 'a day', eventCategory: 'AUDIT_LOG', ...at(1, NOON) }],
    ['E_LOGIN_ATTEMPT', { user_id: 'ada', sp_name: 'wiki', person_id: 'p1', ...at(9) }],
    ['E_LOGIN_ATTEMPT', { user_id: 'ada', sp_name: 'wiki', person_id: 'p1', ...at(8) }],
    ['E_LOGIN_ATTEMPT', { user_id: 'ada', sp_name: 'wiki', person_id: 'p2', ...at(7) }],
    ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'ada', event_id: 'r1', ...at(9) }],
    ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'ada', event_id: 'r2', ...at(8) }],
    ['E_SP_REDIRECT_SUCCEEDED', { user_id: 'ada', event_id: 'r3', ...at(7) }],
    ['E_LOGIN_SUCCEEDED', { user_id: 'ada', ...at(1, NOON - 1) }],
    ['E_LOGIN_SUCCEEDED', { user_id: 'bob', ...at(1, NOON) }],
    ['E_LOGIN_SUCCEEDED', { user_id: 'bob', ...at(0) }],
    ...['b', 'a', 'c'].map((event_id) => ['E_SAME', { event_id, ...at(3) }] as const),
  ])
})
afterAll(() => world[Symbol.asyncDispose]())

it('begin at the start of the UTC day 30 days ago unless said, and end now', async () => {
  expect(pick(await setting.ask('events', { eventName: 'E_EDGE' }), 'event_id')).toEqual(['oldest', 'now'])
  const from = '2026-02-12 23:59:59.999'
  expect(pick(await setting.ask('events', { eventName: 'E_EDGE', from }), 'event_id')).toEqual([
    'too old',
    'oldest',
    'now',
  ])
})

it('of the audit log begin 24 hours ago unless said', async () => {
  expect(pick(await setting.ask('audit_log'), 'event_id')).toEqual(['a day'])
})

it('of metrics begin a day ago unless said', async () => {
  const text = async (body: object) => (await setting.ask('metrics', { metricsName: 'M_C_LOGINS', ...body })).text
  expect(await text({})).toBe('{"count":2}')
  expect(await text({ from: '2026-03-14 12:29:59.999' })).toBe('{"count":3}')
})

it('bound both the latest login and the one before', async () => {
  const text = async (name: string, from: string, to: string) => (await setting.ask(name, { from, to })).text
  const [eight, seven] = [Date.UTC(2026, 2, 7), Date.UTC(2026, 2, 8)]
  const page = '{"page":{"total":1,"pSize":25,"pIndex":0},"data":'
  expect(await text('application_usage_report', '2026-03-07', '2026-03-09')).toBe(
    `${page}[{"serviceProvider":"wiki","user_id":"ada","latest_login":${seven},"last_login":${eight},"person_id_count":2}]}`,
  )
  expect(await text('application_usage_report', '2026-03-08', '2026-03-09')).toBe(
    `${page}[{"serviceProvider":"wiki","user_id":"ada","latest_login":${seven},"last_login":null,"person_id_count":1}]}`,
  )
  expect(await text('passwordless_login_activity_report', '2026-03-07', '2026-03-09')).toBe(
    `${page}[{"user_id":"ada","latest_login":${seven},"last_login":${eight}}]}`,
  )
  expect(await text('passwordless_login_activity_report', '2026-03-06', '2026-03-07 12:00:00.000')).toBe(
    `${page}[{"user_id":"ada","latest_login":${eight},"last_login":${Date.UTC(2026, 2, 6)}}]}`,
  )
  expect(await text('passwordless_login_activity_report', '2026-03-08', '2026-03-09')).toBe(
    `${page}[{"user_id":"ada","latest_login":${seven},"last_login":null}]}`,
  )
})

it('hold events of one instant in the order of their ids', async () => {
  expect(pick(await setting.ask('events', { eventName: 'E_SAME' }), 'event_id')).toEqual(['a', 'b', 'c'])
  const ids: unknown[] = []
  for (const pIndex of [0, 1, 2])
    ids.push(...pick(await setting.ask('events', { eventName: 'E_SAME', pSize: 1, pIndex }), 'event_id'))
  expect(ids).toEqual(['a', 'b', 'c'])
})

it('are read in each form that a time has, as UTC', async () => {
  const ms = Date.UTC(2026, 2, 7)
  for (const from of ['2026-03-07 00:00:00.000', '2026-03-07T00:00:00Z', '2026-03-07T01:00:00+01:00', ms, ms / 1000]) {
    const reply = await setting.ask('login_activity_report', { from })
    expect([from, pick(reply, 'event_id')]).toEqual([from, ['r2', 'r3']])
  }
  const reply = await setting.ask('login_activity_report', { from: 'last week' })
  expect([reply.status, reply.text]).toEqual([
    400,
    `{"statusCode":400,"error":"Bad Request","message":"Field should be a date: 'YYYY-MM-DD HH:mm:ss.SSS', ISO 8601 or epoch time","errors":[{"message":"Field should be a date: 'YYYY-MM-DD HH:mm:ss.SSS', ISO 8601 or epoch time","param":"from"}]}`,
  ])
})
