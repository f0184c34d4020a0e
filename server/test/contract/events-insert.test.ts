import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspectEvent } from '../../src/core/json-text.ts'
import { mintRealm } from '../../src/core/realm.ts'
import { RowsRefused } from '../../src/ports/events.ts'
import { openEventStore } from '../../src/storage/clickhouse/index.ts'
import { acme, event, idsOf, lines, openWorld, question, storeOptions, time, type World } from './events-engine.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

const count = async (table: string, where = '1'): Promise<number> =>
  Number((await world.rows(`SELECT count() AS n FROM ${table} WHERE ${where}`))[0]?.n)

test('an event comes back with the text that was sent, byte for byte', async () => {
  const texts = [
    '{ "z" : 1.0, "a":-0,"big":9223372036854775807, "bigger":18446744073709551615,"small":-9223372036854775808 }',
    '{"nul":"\\u0000 and \\ud83d\\ude00 and 😀","slash":"\\/","tab":"\\t","e":1e20,"E":1E-7}',
    '{"null":null,"empty":{},"none":[],"a.b":1,"a":{"c":2},"date":"2024-01-01","time":"2024-01-01T00:00:00Z"}',
    '{"mixed":[1,"x",null,true,{"k":[[]]}],"__proto__":{"x":1},"`":1,"":2," ":3,"日本":"語"}',
    '{"same":1,"a":{"b":1},"a.b":2}',
    `{${Array.from({ length: 400 }, (_, at) => `"key${at}":${at}`).join(',')}}`,
  ]
  const realm = mintRealm('texts', 'main')
  const events = texts.map((raw, at) => event({ realm, event_id: `text-${at}`, event_ts: time + at, raw }))
  await world.store.insert(lines(events), 'texts')
  const { rows } = await world.store.ask(realm, question({ with: ['raw', 'seq'], order: ['event_ts'] }))
  expect(rows.map(({ raw }) => raw)).toEqual(texts)
  expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
})

test('every column comes back as it was stored, also from before 1970 and after 2100', async () => {
  const realm = mintRealm("ten'ant / ä %20", 'community\\ "1"')
  const full = event({
    realm,
    event_id: 'i\\\'d"\t%',
    dialect: 'onekosmos',
    event_name: 'E_LOGIN_SUCCEEDED',
    category: 'AUDIT_LOG',
    kind: 'transaction',
    event_ts: -86_400_001,
    received_ts: Date.UTC(2105, 0, 1) + 7,
    local_hour: -25,
    actor_type: 'a',
    actor_id: 'b',
    user_id: 'ü"\\\n',
    login_id: 'd',
    person_id: 'e',
    device_id: 'f',
    session_id: 'g',
    application: 'h',
    auth_method: 'i',
    auth_module: 'j',
    reason: 'k',
    object_type: 'l',
    object_id: 'm',
    ip: '::1',
  })
  await world.store.insert(lines([full], 77), 'full')
  const { realm: _realm, clock: _clock, ...columns } = full
  const { rows } = await world.store.ask(realm, question({ with: [...Object.keys(columns), 'seq', 'tenant_id'] }))
  expect(rows).toEqual([{ ...columns, seq: 77, tenant_id: realm.tenantId }])
})

test('a token that is sent again changes nothing, neither in the events nor in what is counted from them', async () => {
  const realm = mintRealm('again', 'main')
  const batch = lines(
    Array.from({ length: 500 }, (_, at) =>
      event({ realm, event_id: `e${at}`, event_ts: time + at, user_id: `u${at % 9}`, session_id: `s${at % 50}` }),
    ),
  )
  const counted = async () => [
    await count('events', "tenant_id = 'again'"),
    ...(await world.rows(
      "SELECT sum(events) AS n FROM rollups WHERE tenant_id = 'again' AND subject = 'method' AND unit = 'quarter'",
    )),
    ...(await world.rows("SELECT uniqExact(user_id) AS n FROM people WHERE tenant_id = 'again'")),
    ...(await world.rows(
      "SELECT uniqExactMerge(members) AS n FROM rollups WHERE tenant_id = 'again' AND subject = 'login' AND unit = 'day'",
    )),
  ]
  await world.store.insert(batch, 'again-1')
  const once = await counted()
  await world.store.insert(batch, 'again-1')
  expect(await counted()).toEqual(once)
  expect(once).toEqual([500, { n: 500 }, { n: 9 }, { n: 9 }])
})

test('a batch is one block, however large', async () => {
  const realm = mintRealm('large', 'main')
  const raw = JSON.stringify({ text: 'x'.repeat(2_000) })
  const batch = lines(Array.from({ length: 5_000 }, (_, at) => event({ realm, event_id: `e${at}`, raw })))
  await world.app.command({ query: 'SYSTEM STOP MERGES events' })
  await world.store.insert(batch, 'large')
  expect(await world.rows("SELECT uniqExact(_part) AS n FROM events WHERE tenant_id = 'large'")).toEqual([{ n: 1 }])
  await world.app.command({ query: 'SYSTEM START MERGES events' })
  expect(await count('events', "tenant_id = 'large'")).toBe(5_000)
})

test('an insert that failed halfway is complete after its replay, and nothing is counted twice', async () => {
  const realm = mintRealm('halfway', 'main')
  const batch = lines([
    event({ realm, event_id: '1', user_id: 'u', session_id: 's' }),
    event({ realm, event_id: '2', user_id: 'u', session_id: 's' }),
  ])
  await world.app.command({ query: 'CREATE TABLE obstacle (n UInt64) ENGINE = Memory' })
  await world.app.command({
    query:
      "CREATE MATERIALIZED VIEW obstacle_feed TO obstacle AS SELECT throwIf(tenant_id = 'halfway') AS n FROM events",
  })
  await expect(world.store.insert(batch, 'halfway-1')).rejects.toThrow(/FUNCTION_THROW_IF_VALUE_IS_NON_ZERO/)
  await world.app.command({ query: 'DROP TABLE obstacle_feed' })
  await world.app.command({ query: 'DROP TABLE obstacle' })
  await world.store.insert(batch, 'halfway-1')
  await world.store.insert(batch, 'halfway-1')
  expect(await count('events', "tenant_id = 'halfway'")).toBe(2)
  expect(
    await world.rows(
      "SELECT sum(events) AS n FROM rollups WHERE tenant_id = 'halfway' AND subject = 'method' AND unit = 'quarter'",
    ),
  ).toEqual([{ n: 2 }])
})

describe('data that the engine cannot take', () => {
  const good = lines([event({ realm: mintRealm('refused', 'main'), event_id: 'good' })])
  const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`
  test.each([
    ['no JSON', '{x'],
    ['a list', '[1]'],
    ['a text', '"x"'],
    ['nothing', ''],
    ['a number beyond 64 bits', '{"n":18446744073709551616}'],
    ['half a surrogate pair', '{"s":"\\ud800"}'],
    ['one key twice', '{"k":1,"k":2}'],
    ['absurd depth', deep],
  ])('is refused or taken, never tried for ever: %s', async (what, raw) => {
    const bad = lines([event({ realm: mintRealm('refused', 'main'), event_id: `bad ${what}`, raw })])
    const outcome = await world.store.insert([...good, ...bad], `refused ${what}`).then(
      () => 'taken',
      (error: unknown) => error,
    )
    if (outcome !== 'taken') {
      expect(outcome).toBeInstanceOf(RowsRefused)
      expect(String(outcome)).not.toContain(raw.slice(0, 40) || '-')
    }
    const limits = { bytes: 1_000_000, depth: 64, keys: 1_000, nameLength: 256 }
    expect(inspectEvent(raw, limits).ok).toBe(false)
  })

  test('takes nothing of its batch in', async () => {
    const realm = mintRealm('batch', 'main')
    const batch = lines([event({ realm, event_id: '1' }), event({ realm, event_id: '2', raw: '{x' })])
    await expect(world.store.insert(batch, 'batch')).rejects.toBeInstanceOf(RowsRefused)
    expect(await idsOf(world.store, realm)).toEqual([])
    await world.store.insert(batch.slice(0, 1), 'batch')
    expect(await idsOf(world.store, realm)).toEqual(['1'])
  })

  test('is told from an engine that is away', async () => {
    const nowhere = { ...world.engine.app, url: 'http://127.0.0.1:1' }
    await expect(openEventStore({ ...storeOptions(world.engine), app: nowhere })).rejects.not.toBeInstanceOf(
      RowsRefused,
    )
  })
})

test('says which keys are stored, and only in their realm', async () => {
  const realm = mintRealm('known', 'main')
  const events = [2005, 2015, 2025].map((year) =>
    event({ realm, event_id: `o'${year}`, event_ts: Date.UTC(year, 3, 1) + 5 }),
  )
  for (const one of events) await world.store.insert(lines([one]), one.event_id)
  const keys = events.map(({ event_ts, event_id }) => ({ ts: event_ts, id: event_id }))
  const others = keys.flatMap(({ ts, id }) => [
    { ts: ts + 1, id },
    { ts, id: `${id}x` },
  ])
  const many = Array.from({ length: 5_000 }, (_, at) => ({ ts: time, id: `${'long '.repeat(20)}${at}` }))
  expect(await world.store.known(realm, [...others, ...many, ...keys])).toEqual(
    new Set(keys.map(({ ts, id }) => `${ts}/${id}`)),
  )
  expect(await world.store.known(acme, keys)).toEqual(new Set())
  expect(await world.store.known(realm, [])).toEqual(new Set())
})

test('drops whole months that have ended, and keeps what was counted from them', async () => {
  await using own = await openWorld()
  const realm = mintRealm('old', 'main')
  const at = [Date.UTC(2024, 0, 31, 23, 59, 59, 999), Date.UTC(2024, 1, 1), Date.UTC(2024, 2, 15)]
  for (const event_ts of at)
    await own.store.insert(lines([event({ realm, event_id: String(event_ts), event_ts })]), String(event_ts))
  expect(await own.store.expire(Date.UTC(2024, 2, 1) - 1)).toEqual(['202401'])
  expect(await idsOf(own.store, realm, { order: ['event_ts'] })).toEqual([String(at[1]), String(at[2])])
  expect(await own.store.expire(Date.UTC(2024, 2, 1))).toEqual(['202402'])
  expect(await own.store.expire(Date.UTC(2024, 2, 1))).toEqual([])
  expect(await own.rows("SELECT sum(events) AS n FROM rollups WHERE subject = 'method' AND unit = 'day'")).toEqual([
    { n: 3 },
  ])
})

test('opens a store that was opened before, and one whose opening was cut short', async () => {
  await using own = await openWorld()
  await own.app.command({ query: "ALTER TABLE migrations DELETE WHERE name >= '004' SETTINGS mutations_sync = 1" })
  await own.app.command({ query: 'DROP TABLE people_feed' })
  const realm = mintRealm('opened', 'main')
  await using again = await openEventStore(storeOptions(own.engine))
  await again.insert(lines([event({ realm, event_id: '1', user_id: 'u' })]), '1')
  expect(await own.rows('SELECT user_id FROM people')).toEqual([{ user_id: 'u' }])
  expect(await again.ping()).toBe(true)
  await own.app.insert({ table: 'migrations', values: [{ name: '999-later.sql' }], format: 'JSONEachRow' })
  await expect(openEventStore(storeOptions(own.engine))).rejects.toThrow('newer Rollcall (it knows 999-later.sql)')
})
