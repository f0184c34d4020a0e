import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fault } from '../../src/core/fault.ts'
import { column, equals, everything, mentions, path } from '../../src/core/filter.ts'
import { mintRealm } from '../../src/core/realm.ts'
import { type Report, report } from '../../src/core/report.ts'
import { count, flag, instant, json, number, text } from '../../src/core/table.ts'
import { openEventStore } from '../../src/storage/clickhouse/index.ts'
import { event, eventList, idsOf, lines, openWorld, question, storeOptions, time, type World } from './events-engine.ts'

let world: World
const realm = mintRealm('asking', 'main')
const everyone = mintRealm('everyone', 'main')

/** Twelve events in four instants, so that ties are everywhere; ids sort as text. */
const events = Array.from({ length: 12 }, (_, at) =>
  event({
    realm,
    event_id: `e${String(at).padStart(2, '0')}`,
    event_ts: time + (at % 4),
    user_id: `user ${at % 3}`,
    raw: JSON.stringify({ at, facts: { app: at % 2 ? 'odd' : 'even' } }),
  }),
)

beforeAll(async () => {
  world = await openWorld()
  await world.store.insert(lines(events), 'asking')
  await world.store.insert(lines([event({ realm: everyone, event_id: 'other' })]), 'other')
})
afterAll(() => world?.[Symbol.asyncDispose]())

const sorted = (sign: 1 | -1) =>
  [...events]
    .sort((a, b) => sign * (a.event_ts - b.event_ts || (a.event_id < b.event_id ? -1 : 1)))
    .map(({ event_id }) => event_id)

const define = (part: Partial<Report> & Pick<Report, 'columns' | 'order' | 'sql'>): Report =>
  ({ id: 'tested', title: 'Tested', about: 'Tested.', reads: ['events'], params: {}, ...part }) as Report

const byUser = report({
  id: 'by-user',
  title: 'By user',
  about: 'How many events a user has.',
  params: { least: Type.Integer() },
  columns: { user_id: text('User'), events: count('Events'), latest: instant('Latest') },
  order: ['-events', 'user_id'],
  sql: `SELECT user_id, count() AS events, max(event_ts) AS latest FROM events GROUP BY user_id
        HAVING events >= {least:UInt32}`,
})

describe('a page', () => {
  test('comes in the order of the report, or in the one that was asked for', async () => {
    expect(await idsOf(world.store, realm)).toEqual(sorted(-1))
    expect(await idsOf(world.store, realm, { order: ['event_ts', 'event_id'] })).toEqual(sorted(1))
    const mixed = await idsOf(world.store, realm, { order: ['event_ts'] })
    expect(mixed.slice(0, 3)).toEqual(['e08', 'e04', 'e00'])
    await expect(idsOf(world.store, realm, { order: ['raw'] })).rejects.toMatchObject({ kind: 'invalid' })
    await expect(idsOf(world.store, realm, { order: ['event_ts DESC --'] })).rejects.toMatchObject({ kind: 'invalid' })
  })

  test('skips what it is told to skip', async () => {
    const pages = [0, 5, 10, 15].map((skip) => idsOf(world.store, realm, { page: { skip, size: 5 } }))
    expect((await Promise.all(pages)).flat()).toEqual(sorted(-1))
  })

  test.each([
    ['-event_ts', '-event_id'],
    ['event_ts', 'event_id'],
    ['-event_ts', 'event_id'],
    ['event_ts', '-event_id'],
  ])('continues behind a key, whatever the order: %s %s', async (...order) => {
    const whole = await idsOf(world.store, realm, { order })
    const walked: string[] = []
    for (let after: { ts: number; id: string } | undefined; ; ) {
      const { rows } = await world.store.ask(
        realm,
        question({ order, page: { skip: 0, size: 2 }, ...(after ? { after } : {}) }),
      )
      walked.push(...rows.map((row) => String(row.event_id)))
      const last = rows.at(-1)
      if (!last) break
      after = { ts: Number(last.event_ts), id: String(last.event_id) }
    }
    expect(walked).toEqual(whole)
    expect(walked.length).toBe(12)
  })

  test('has a window with both ends in it', async () => {
    const within = (from: number, to: number) => idsOf(world.store, realm, { window: { from, to } })
    expect((await within(time, time + 3)).length).toBe(12)
    expect((await within(time + 1, time + 2)).length).toBe(6)
    expect((await within(time + 3, time + 3)).sort()).toEqual(['e03', 'e07', 'e11'])
    expect(await within(time + 4, time + 3)).toEqual([])
  })

  test('tells the number of all rows, on every page', async () => {
    const total = async (of: Report, page: { skip: number; size: number }, params = {}) =>
      (await world.store.ask(realm, question({ report: of, page, params, total: true }))).total
    for (const page of [
      { skip: 0, size: 2 },
      { skip: 10, size: 5 },
      { skip: 50, size: 5 },
      { skip: 0, size: 0 },
    ]) {
      expect.soft(await total(eventList, page)).toBe(12)
      expect.soft(await total(byUser, page, { least: 1 })).toBe(3)
      expect.soft(await total(byUser, page, { least: 5 })).toBe(0)
    }
    expect((await world.store.ask(realm, question())).total).toBeUndefined()
  })

  // Pages of what is looked for inside the events are read another way, and of all others a list stops early.
  test.each([
    ['anything', everything],
    ['a text inside', mentions('some wo')],
    ['a member of the event', equals(path('said'), 'Some words')],
  ])('shows an event once that was stored twice, found by %s', async (name, filter) => {
    const twice = mintRealm(`twice ${name}`, 'main')
    const same = Array.from({ length: 5 }, (_, at) =>
      event({ realm: twice, event_id: `e${at}`, raw: '{"said":"Some words"}' }),
    )
    await world.app.command({ query: 'SYSTEM STOP MERGES events' })
    await world.store.insert(lines(same), `${name} 1`)
    await world.store.insert(lines(same, 100), `${name} 2`)
    expect(await world.rows(`SELECT count() AS n FROM events WHERE tenant_id = '${twice.tenantId}'`)).toEqual([
      { n: 10 },
    ])
    const paged = (skip: number) => question({ filter, page: { skip, size: 3 }, total: true, with: ['seq'] })
    const pages = await Promise.all([0, 3, 6].map((skip) => world.store.ask(twice, paged(skip))))
    const last = await world.store.ask(twice, { ...paged(0), after: { ts: time, id: 'e2' } })
    await world.app.command({ query: 'SYSTEM START MERGES events' })
    const rows = pages.flatMap((page) => page.rows)
    expect(rows.map((row) => row.event_id)).toEqual(['e4', 'e3', 'e2', 'e1', 'e0'])
    expect(rows.map((row) => row.seq)).toEqual([104, 103, 102, 101, 100])
    expect(last.rows.map((row) => row.event_id)).toEqual(['e1', 'e0'])
    expect([...pages, last].map((page) => page.total)).toEqual([5, 5, 5, 5])
  })

  test('brings columns of the event along, for many rows of long ids too', async () => {
    const long = mintRealm('long', 'main')
    const many = Array.from({ length: 600 }, (_, at) =>
      event({ realm: long, event_id: `${"'".repeat(400)}${at}`, event_ts: time + at, raw: JSON.stringify({ at }) }),
    )
    await world.store.insert(lines(many), 'long')
    const { rows } = await world.store.ask(long, question({ with: ['raw', 'received_ts'], order: ['event_ts'] }))
    expect(rows.map((row) => row.raw)).toEqual(many.map(({ raw }) => raw))
    expect(rows[0]?.received_ts).toBe(time)
    await expect(world.store.ask(long, question({ with: ['data'] }))).rejects.toMatchObject({ kind: 'invalid' })
  })

  test('tells how many there are of what is looked for, inside events too, however many and in either order', async () => {
    const large = mintRealm('large', 'main')
    const many = { events: 60_000, inserts: 3 }
    const part = many.events / many.inserts
    for (let at = 0; at < many.inserts; at++)
      await world.app.command({
        query: `INSERT INTO events (tenant_id, community_id, seq, event_id, event_ts, user_id, kind, raw)
          SELECT 'large', 'main', number, toString(number), fromUnixTimestamp64Milli(${time} + toInt64(number) * 60000),
            multiIf(number % ${many.events / 2} = 0, 'first', number % 5 = 0, 'fifth', 'other') AS said, 'event',
            concat('{"text":"', said, '"}')
          FROM numbers(${at * part}, ${part})`,
      })
    const named = (ids: readonly { readonly event_id?: unknown }[]) => ids.map(({ event_id }) => event_id)
    const step = { fifth: 5, first: many.events / 2 }
    for (const order of [['event_ts', 'event_id'], []])
      for (const [text, every] of Object.entries(step))
        for (const filter of [
          equals(path('text'), text),
          mentions(text.toUpperCase()),
          equals(column('user_id'), text),
        ])
          for (const window of [undefined, { from: time, to: time + many.events * 60_000 }]) {
            const asked = question({ filter, order, page: { skip: 3, size: 25 }, total: true })
            const { rows, total } = await world.store.ask(large, window ? { ...asked, window } : asked)
            const ids = Array.from({ length: many.events / every }, (_, at) => String(at * every))
            const ordered = order.length === 0 ? ids.toReversed() : ids
            // The first of all says another text.
            const all = text === 'first' ? ordered : ordered.filter((id) => Number(id) % step.first !== 0)
            expect([named(rows), total]).toEqual([all.slice(3, 28), all.length])
          }
  })
})

describe('a report', () => {
  test('answers with its columns and its bound parameters', async () => {
    const { rows } = await world.store.ask(realm, question({ report: byUser, params: { least: 2 } }))
    expect(rows).toEqual([
      { user_id: 'user 0', events: 4, latest: time + 3 },
      { user_id: 'user 1', events: 4, latest: time + 3 },
      { user_id: 'user 2', events: 4, latest: time + 3 },
    ])
  })

  test('answers every kind of column, null included', async () => {
    const all = { text, instant, count, number, flag, json }
    const columns = Object.fromEntries(
      Object.entries(all).flatMap(([kind, make]) => [
        [kind, make(kind)],
        [`no_${kind}`, make(kind).orNull()],
      ]),
    )
    const nulls = Object.keys(all).map((kind) => `NULL AS no_${kind}`)
    const sql = `SELECT 'ä"\\\\\\n' AS text, toDateTime64('1969-12-31 23:59:59.999', 3, 'UTC') AS instant,
      toUInt64(9007199254740991) AS count, 1 / 3 AS number, 1 AS flag, '{"a": 1.0}' AS json, ${nulls.join(', ')}`
    const { rows } = await world.store.ask(realm, question({ report: define({ columns, order: ['text'], sql }) }))
    expect(rows).toEqual([
      {
        text: 'ä"\\\n',
        instant: -1,
        count: 9_007_199_254_740_991,
        number: 1 / 3,
        flag: true,
        json: '{"a": 1.0}',
        ...Object.fromEntries(Object.keys(all).map((kind) => [`no_${kind}`, null])),
      },
    ])
  })

  test('reads texts inside of events by the names that it gives them', async () => {
    const apps = define({
      columns: { app: text('App').orNull(), events: count('Events') },
      order: ['app'],
      paths: { app: ['facts', 'app'], odd: ["it's"] },
      sql: 'SELECT app, count() AS events FROM events WHERE odd IS NULL GROUP BY app',
    })
    expect((await world.store.ask(realm, question({ report: apps }))).rows).toEqual([
      { app: 'even', events: 6 },
      { app: 'odd', events: 6 },
    ])
    expect(await idsOf(world.store, realm, { filter: equals(path('facts', 'app'), 'odd') })).toHaveLength(6)
  })

  test('says nothing of another realm, whatever its text says', async () => {
    const careless = (sql: string) =>
      world.store.ask(realm, question({ report: define({ columns: { n: count('N') }, order: ['n'], sql, reads: [] }) }))
    const { rows } = await careless("SELECT count() AS n FROM rollcall.events WHERE tenant_id = 'everyone' OR 1")
    expect(rows).toEqual([{ n: 12 }])
    expect((await careless("SELECT countIf(tenant_id = 'everyone') AS n FROM rollcall.people")).rows).toEqual([
      { n: 0 },
    ])
    await expect(careless('SELECT count() AS n FROM events')).rejects.toThrow(/Unknown table/)
  })

  test('that reads no events is filtered by what its source has, and by nothing else', async () => {
    const seen = define({
      columns: { user_id: text('User'), seen: instant('Seen') },
      order: ['user_id'],
      reads: ['people'],
      sql: 'SELECT user_id, tupleElement(max(latest), 1) AS seen FROM people GROUP BY user_id',
    })
    const ask = (filter: Parameters<typeof question>[0]) =>
      world.store.ask(realm, question({ report: seen, ...filter }))
    expect((await ask({ filter: equals(column('user_id'), 'user 1') })).rows).toEqual([
      { user_id: 'user 1', seen: time + 3 },
    ])
    await expect(ask({ filter: equals(column('ip'), 'x') })).rejects.toMatchObject({ kind: 'invalid' })
    await expect(ask({ filter: equals(path('a'), 'x') })).rejects.toMatchObject({ kind: 'invalid' })
  })
})

describe('a question that is not answered', () => {
  const endless = define({
    columns: { n: count('N') },
    order: ['n'],
    sql: 'SELECT sum(cityHash64(number)) AS n FROM numbers(1000000000000)',
  })
  const running = () => world.rows("SELECT 1 AS one FROM system.processes WHERE query_id LIKE 'tested:%'")

  test('stops in the engine when its asker goes away', async () => {
    const leave = new AbortController()
    const asked = world.store.ask(realm, question({ report: endless, signal: leave.signal }))
    while ((await running()).length === 0) await sleep(20)
    leave.abort()
    await expect(asked).rejects.toMatchObject({ kind: 'cancelled' })
    while ((await running()).length > 0) await sleep(20)
    await expect(world.store.ask(realm, question({ signal: leave.signal }))).rejects.toMatchObject({
      kind: 'cancelled',
    })
  })

  test('says that it was too costly, and why', async () => {
    await using hasty = await openEventStore({ ...storeOptions(world.engine), querySeconds: 1 })
    await expect(hasty.ask(realm, question({ report: endless }))).rejects.toMatchObject({
      kind: 'too-costly',
      message: expect.stringMatching(/^The report tested costs too much: it took longer/),
    })
    const large = define({
      columns: { n: count('N') },
      order: ['n'],
      sql: 'SELECT length(groupArray(toString(number))) AS n FROM numbers(1000000000)',
    })
    await expect(world.store.ask(realm, question({ report: large }))).rejects.toMatchObject({ kind: 'too-costly' })
    const wide = define({ columns: { n: count('N') }, order: ['n'], sql: 'SELECT number AS n FROM numbers(200000)' })
    await expect(
      world.store.ask(realm, question({ report: wide, page: { skip: 0, size: 200_000 } })),
    ).rejects.toMatchObject({ kind: 'too-costly' })
  })

  test('says that the engine is away, and is answered when it is back', async () => {
    const asked = world.store.ask(realm, question({ report: endless })).catch((error: unknown) => error)
    while ((await running()).length === 0) await sleep(20)
    process.kill(world.engine.pid() ?? 0, 'SIGKILL')
    expect(await asked).toBeInstanceOf(Fault)
    expect(await asked).toMatchObject({ kind: 'engine-away', details: { retryAfterSeconds: 1 } })
    while (world.engine.ready()) await sleep(5)
    await world.engine.whenReady(30_000)
    expect(await idsOf(world.store, realm)).toEqual(sorted(-1))
    expect(await world.store.ping()).toBe(true)
  })
})
