import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { minutesAgo, pick, type Setting, settle, startReports } from './reports-setting.ts'

let world: World
let setting: Setting
beforeAll(async () => {
  world = await startReports('documented')
  setting = await settle(world)
  await setting.send([['E_X', { user_id: 'victim', timestamp: minutesAgo(1) }]])
})
afterAll(() => world[Symbol.asyncDispose]())

const hostile = [
  "' OR 1=1 --",
  "x') OR ('1'='1",
  '1; DROP TABLE events',
  '{user_id:String}',
  '`',
  '\\',
  "\\'",
  '%',
  '_',
  '\u0000',
  '\u2028',
  "') UNION ALL SELECT * FROM rollcall.events --",
  '$where',
  '__proto__',
  'x'.repeat(8_000),
]

it('finds nothing by a hostile value', async () => {
  for (const value of hostile) {
    // Any of them would find the one event; each stands for a place into which the value goes.
    const $or = [
      { user_id: value },
      { sp_name: value },
      { user_id: [value, value] },
      { user_id: { $gt: value, $lt: value } },
      { 'eventData.x': { $in: [value] } },
    ]
    const reply = await setting.ask('events', { query: { $or } })
    expect([value, reply.status, pick(reply, 'user_id')]).toEqual([value, 200, []])
    const named = { user_id: value, person_id: value, serviceProvider: value, application: value, auth_method: value }
    const [usage, logins, seen] = await Promise.all([
      setting.ask('application_usage_report', named),
      setting.ask('v2/login_activity_report', named),
      setting.ask('last_seen_report', { user_id: value }),
    ])
    expect([value, usage.status, logins.status, seen.text]).toEqual([value, 200, 200, '{"data":[]}'])
  }
})

it('finds nothing under a hostile name, or names it as wrong', async () => {
  for (const name of hostile) {
    const $or = [{ [name]: 'x' }, { [name]: ['x', 7, true] }, { [name]: { $gt: 1 } }]
    const reply = await setting.ask('events', { query: { $or } })
    expect([name, [200, 400].includes(reply.status)]).toEqual([name, true])
    if (reply.status === 200) expect([name, pick(reply, 'user_id')]).toEqual([name, []])
  }
})

it.each(['[]', '"x"', '7', 'null', '{', '{"a":', '[[[[', '{"pSize":1,"pSize":2}', '\u0000', '{"a":1e999}'])(
  'refuses the body %j',
  async (body) => {
    const reply = await setting.ask('events', body)
    expect(reply.status).toBe(400)
    expect((reply.json as { errors: { param: string; message: string }[] }).errors.length).toBeGreaterThan(0)
  },
)

it('takes no body at all as an empty one', async () => {
  const { tenantId, communityId } = setting.realm
  const path = `/tenant/${tenantId}/community/${communityId}/events`
  const reply = await setting.client.call('POST', path)
  expect([reply.status, pick(reply, 'user_id')]).toEqual([200, ['victim']])
})

it('refuses values that are too large to look for, by their names', async () => {
  const wide = '漢'.repeat(60_000)
  for (const [query, body, name] of [
    ['events', { sp_name: wide }, 'sp_name'],
    ['events', { query: { serviceProvider: { $in: [wide] } } }, 'query.serviceProvider.$in'],
    ['application_usage_report', { serviceProvider: wide }, 'serviceProvider'],
    ['last_seen_report', { user_id: wide }, 'user_id'],
  ] as const) {
    const reply = await setting.ask(query, body)
    const { errors } = reply.json as { errors: { param: string }[] }
    expect([reply.status, errors.map(({ param }) => param)]).toEqual([400, [name]])
  }
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`${'k'.repeat(200)}${at}`, '漢'.repeat(300)]))
  expect((await setting.ask('events', many)).status).toBe(200)
})

it('refuses lists of conditions and bodies that nobody could mean, before anything is looked up', async () => {
  const many = await setting.ask('events', `{"query":{"$or":[${'{},'.repeat(50)}{}]}}`)
  expect([many.status, (many.json as { errors: { param: string }[] }).errors.map(({ param }) => param)]).toEqual([
    400,
    ['query.$or'],
  ])
  expect((await setting.ask('events', `{"query":{"$or":[${'{},'.repeat(300_000)}{}]}}`)).status).toBe(413)
})

it('refuses a body that nests a thousand levels deep', async () => {
  const reply = await setting.ask('events', `{"a":${'{"b":'.repeat(1_000)}1${'}'.repeat(1_000)}}`)
  expect(reply.status).toBe(400)
})

it('answers any JSON with hits or a refusal, never with a failure', async () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  const operators = fc.dictionary(
    fc.constantFrom('$eq', '$ne', '$in', '$nin', '$gt', '$gte', '$lt', '$lte', '$exists', '$not'),
    value,
    { maxKeys: 2 },
  )
  const names = fc.oneof(
    fc.constantFrom('user_id', 'event_ts', 'timestamp', 'epoch_time', 'a.b', 'eventData.user_id', 'serviceProvider'),
    fc.string({ maxLength: 12 }),
  )
  const query = fc.dictionary(names, fc.oneof(value, operators), { maxKeys: 3 })
  const body = fc.record(
    { query: fc.oneof(query, value), user_id: value, from: value, pSize: value },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(body, fc.constantFrom('events', 'transactions', 'audit_log'), async (sent, name) => {
      const reply = await setting.ask(name, sent)
      expect([200, 400]).toContain(reply.status)
    }),
    { numRuns: 150 },
  )
})
