import { text as textOf } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintRealm } from '../../src/core/realm.ts'
import { report } from '../../src/core/report.ts'
import { count, instant, number, text } from '../../src/core/table.ts'
import type { Question } from '../../src/ports/events.ts'
import { until } from '../until.ts'
import { acme, event, eventList, lines, openWorld, question, time, type World } from './events-engine.ts'

const table = report({
  id: 'table',
  title: 'Table',
  about: 'A table.',
  params: {},
  columns: {
    user_id: text('User'),
    latest: instant('Latest'),
    first: instant('First').orNull(),
    n: count('Number'),
    x: number('X'),
  },
  order: ['user_id'],
  sql: `SELECT user_id, max(event_ts) AS latest, NULL AS first, count() AS n, -1.5 AS x FROM events GROUP BY user_id`,
})
const all = { skip: 0, size: Number.MAX_SAFE_INTEGER }
const asked = (part: Partial<Question> = {}): Question => question({ page: all, ...part })
const heads = (...names: string[]) => names.map((name) => ({ name, head: name }))

describe('whole answers as streams', () => {
  let world: World
  const users = ['=1+1', '+1', '-1', '@x', '\tx', '\rx', 'a"b', 'a,b', 'a\r\nb', 'zürich', "'x", '', '＝1', '\nx']
  beforeAll(async () => {
    world = await openWorld()
    const many = users.map((user_id, at) =>
      event({ event_id: `e${at}`, event_ts: time + at, user_id, raw: `{"b":1,"a":${at < 3 ? '[1]' : 'null'}}` }),
    )
    const sent = lines(many)
    await world.store.insert(sent, 'one')
    // The same event twice, as a replay of another block would put it there.
    await world.store.insert(
      lines([event({ event_id: 'e0', event_ts: time, user_id: '=1+1', raw: '{"b":1,"a":[1]}' })], 99),
      'two',
    )
    await world.store.insert(lines([event({ realm: mintRealm('globex', 'main'), event_id: 'g' })], 100), 'three')
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('CSV is written as spreadsheets read it: quoted, with CRLF, and no cell is a formula', async () => {
    const form = {
      format: 'csv',
      columns: [{ name: 'user_id', head: 'person' }, ...heads('latest', 'first', 'n', 'x')],
    } as const
    expect(await textOf(world.store.exports.written(acme, asked({ report: table }), form))).toBe(
      [
        '"","2025-06-15 12:00:00.011",,1,-1.5',
        '"\'\tx","2025-06-15 12:00:00.004",,1,-1.5',
        '"\'\nx","2025-06-15 12:00:00.013",,1,-1.5',
        '"\'\rx","2025-06-15 12:00:00.005",,1,-1.5',
        '"\'x","2025-06-15 12:00:00.010",,1,-1.5',
        '"\'+1","2025-06-15 12:00:00.001",,1,-1.5',
        '"\'-1","2025-06-15 12:00:00.002",,1,-1.5',
        '"\'=1+1","2025-06-15 12:00:00.000",,1,-1.5',
        '"\'@x","2025-06-15 12:00:00.003",,1,-1.5',
        '"a\r\nb","2025-06-15 12:00:00.008",,1,-1.5',
        '"a""b","2025-06-15 12:00:00.006",,1,-1.5',
        '"a,b","2025-06-15 12:00:00.007",,1,-1.5',
        '"zürich","2025-06-15 12:00:00.009",,1,-1.5',
        '"\'＝1","2025-06-15 12:00:00.012",,1,-1.5',
        '',
      ].join('\r\n'),
    )
  })

  test('lines of JSON have the columns’ names and values, and a page’s bounds hold', async () => {
    const columns = [{ name: 'event_id', head: 'event_ts' }, { name: 'event_ts', head: 'id' }, ...heads('raw')]
    const bounded = asked({ with: ['raw'], order: ['event_ts', 'event_id'], page: { skip: 1, size: 2 } })
    expect(await textOf(world.store.exports.written(acme, bounded, { format: 'ndjson', columns }))).toBe(
      `{"event_ts":"e1","id":${time + 1},"raw":"{\\"b\\":1,\\"a\\":[1]}"}\n{"event_ts":"e2","id":${time + 2},"raw":"{\\"b\\":1,\\"a\\":[1]}"}\n`,
    )
  })

  test('Parquet is a file of its own kind', async () => {
    const form = { format: 'parquet', columns: heads('user_id', 'latest') } as const
    const pieces: Uint8Array[] = []
    for await (const piece of world.store.exports.written(acme, asked({ report: table }), form)) pieces.push(piece)
    const file = Buffer.concat(pieces)
    expect([file.subarray(0, 4).toString(), file.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1'])
  })

  test('rows come in order, each event once, with what was sent; and are counted', async () => {
    const rows = []
    for await (const batch of world.store.exports.rows(acme, asked({ with: ['raw'] }))) rows.push(...batch)
    expect(rows.map((row) => row.event_id)).toEqual(users.map((_, at) => `e${users.length - 1 - at}`))
    expect(rows.at(-1)).toEqual({ event_ts: time, event_id: 'e0', raw: '{"b":1,"a":[1]}' })
    expect(await world.store.exports.count(acme, asked())).toBe(users.length)
  })

  test('the names at the top of the events are found, the most frequent first', async () => {
    expect(await world.store.exports.names(acme, asked(), 10)).toEqual(['a', 'b'])
    expect(await world.store.exports.names(acme, asked(), 1)).toEqual(['a'])
  })

  test('a realm’s stream holds nothing of another one', async () => {
    const form = { format: 'csv', columns: heads('event_id') } as const
    expect(await textOf(world.store.exports.written(mintRealm('globex', 'main'), asked(), form))).toBe('"g"\r\n')
  })

  /** A question that would go on for minutes. */
  const endless = report({
    ...table,
    id: 'endless',
    columns: { n: count('Number') },
    order: ['n'],
    sql: 'SELECT number AS n FROM numbers(100000000) WHERE NOT ignore(sleepEachRow(0.001))',
  })
  const running = async () =>
    (await world.rows(`SELECT query_id FROM system.processes WHERE query_id LIKE 'endless:%'`)).length

  test('a query whose reader goes away, or that is cancelled, ends in the engine', async () => {
    const stop = new AbortController()
    const streaming = asked({
      report: {
        ...endless,
        columns: eventList.columns,
        order: ['event_id'],
        sql: 'SELECT now64(3) AS event_ts, toString(number) AS event_id FROM numbers(100000000) WHERE NOT ignore(sleepEachRow(0.0001))',
      },
    })
    const reading = world.store.exports.rows(acme, { ...streaming, signal: stop.signal })[Symbol.asyncIterator]()
    const first = reading.next()
    await until(async () => (await running()) === 1)
    stop.abort()
    await expect(first).rejects.toMatchObject({ kind: 'cancelled' })
    await until(async () => (await running()) === 0)
  })

  test('an answer that breaks off in its middle is no answer', async () => {
    const breaking = report({
      ...table,
      id: 'breaking',
      columns: { n: count('Number') },
      order: ['n'],
      sql: "SELECT number AS n FROM numbers(3000000) WHERE NOT ignore(throwIf(number = 2900000, 'it broke'))",
    })
    for (const format of ['csv', 'ndjson', 'parquet'] as const)
      await expect(
        textOf(world.store.exports.written(acme, asked({ report: breaking }), { format, columns: heads('n') })),
      ).rejects.toThrow()
  })
})
