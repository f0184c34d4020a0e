import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoredEvent } from '../../src/core/event.ts'
import { anyOf, column, equals, type Field, type Filter, not, path, type Scalar } from '../../src/core/filter.ts'
import { mintRealm } from '../../src/core/realm.ts'
import { event, idsOf, lines, openWorld, question, time, type World } from './events-engine.ts'
import { passes } from './events-where-oracle.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

const keys = [
  'a',
  'b',
  'c',
  'a.b',
  'ä',
  'x y',
  '^a',
  'a.:Int64',
  '__proto__',
  "it's",
  'back\\slash',
  'tick`',
  '',
  '.d',
  'e.',
  '\t',
]
const texts = [
  'x',
  'xy',
  'xY%y',
  'éX_y',
  '5',
  '',
  'true',
  'null',
  '日本',
  '😀',
  "'",
  '\\',
  '\u0000',
  'a\tb\n',
  '2024-01-01',
]
const numbers = ['0', '-0', '5', '-7', '5.5', '1e20', '9007199254740993', '9223372036854775807', '18446744073709551615']

const key = fc.constantFrom(...keys)
const jsonText = fc.letrec<{ scalar: string; value: string; object: string }>((tie) => ({
  scalar: fc.oneof(
    fc.constantFrom(...texts).map((text) => JSON.stringify(text)),
    fc.constantFrom(...numbers),
    fc.constantFrom('true', 'false', 'null'),
  ),
  value: fc.oneof(
    { weight: 5, arbitrary: tie('scalar') },
    { weight: 2, arbitrary: fc.array(tie('scalar'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`) },
    { weight: 2, arbitrary: tie('object') },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }).map((all) => `[${all.join(',')}]`) },
  ),
  object: fc
    .uniqueArray(fc.tuple(key, tie('value')), { selector: ([name]) => name, maxLength: 5 })
    .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
})).object

const anEvent = fc.record({
  raw: jsonText,
  user_id: fc.constantFrom('', ...texts),
  reason: fc.constantFrom('', '5', 'true', 'x'),
  event_ts: fc.integer({ min: time, max: time + 20 }),
  local_hour: fc.integer({ min: -2, max: 2 }),
})

const field: fc.Arbitrary<Field> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom('user_id', 'reason', 'event_ts', 'local_hour').map(column) },
  { weight: 3, arbitrary: fc.array(key, { minLength: 1, maxLength: 2 }).map((all) => path(...all)) },
)
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.constantFrom(...texts),
  fc.constantFrom(...numbers.map(Number), time + 7, time + 7.5, 1, -1),
  fc.constantFrom(true, false, null),
)
const filter = fc.letrec<{ leaf: Filter; filter: Filter }>((tie) => ({
  leaf: fc.oneof(
    fc.record({ is: fc.constant('equals' as const), field, value: scalar }),
    fc.record({ is: fc.constant('anyOf' as const), field, values: fc.array(scalar, { maxLength: 4 }) }),
    fc.record({ is: fc.constant('null' as const), field }),
    fc.record({
      is: fc.constant('matches' as const),
      field,
      pieces: fc.array(fc.constantFrom(...texts, 'X', 'É', '%', '_', 'x_'), { minLength: 1, maxLength: 3 }),
      caseless: fc.boolean(),
    }),
    fc.record({
      is: fc.constantFrom('less', 'atMost', 'greater', 'atLeast', 'contains', 'startsWith'),
      field,
      value: scalar,
    }),
  ),
  filter: fc.oneof(
    { weight: 3, arbitrary: tie('leaf') },
    { weight: 1, arbitrary: tie('filter').map(not) },
    {
      weight: 2,
      arbitrary: fc.record({
        is: fc.constantFrom('and', 'or'),
        of: fc.array(tie('filter'), { maxLength: 3 }),
      }),
    },
  ),
})).filter

test('a filter lets through what it says, whatever the events are', { timeout: 120_000 }, async () => {
  const realm = mintRealm('filtered', 'main')
  const events: StoredEvent[] = fc.sample(anEvent, 150).map((part, at) => event({ realm, event_id: `e${at}`, ...part }))
  await world.store.insert(lines(events.slice(0, 75)), 'filtered-1')
  await world.store.insert(lines(events.slice(75), 76), 'filtered-2')
  const byKey = (a: StoredEvent, b: StoredEvent) => a.event_ts - b.event_ts || (a.event_id < b.event_id ? -1 : 1)
  await fc.assert(
    fc.asyncProperty(filter, async (asked) => {
      const expected = events.filter((one) => passes(asked, one)).sort(byKey)
      const ids = await idsOf(world.store, realm, { filter: asked, order: ['event_ts', 'event_id'] })
      expect(ids.map((id) => events.find((one) => one.event_id === id)?.raw)).toEqual(expected.map(({ raw }) => raw))
      expect(ids).toEqual(expected.map(({ event_id }) => event_id))
    }),
    { numRuns: 250 },
  )
})

const hostile = [
  'plain',
  'a.b',
  'a`b',
  'a\\',
  '\\`',
  '`',
  '``',
  "'",
  "' OR 1=1 --",
  '` OR 1 OR `',
  '`) OR 1=1 OR (`',
  '"',
  '',
  '.',
  '..',
  'a.',
  '.a',
  'x.:Int64',
  'x.:`Int64`',
  '^x',
  '^`x`',
  '.:String',
  '[]',
  'a[]',
  '*',
  '?',
  ';',
  '--',
  '/*',
  '{p:String}',
  '{_0:String}',
  '{',
  '}',
  '%',
  '%00',
  '\u0000',
  'a\u0000b',
  '\n',
  '\r\n',
  '\t',
  'é',
  'e\u0301',
  '日本',
  '😀',
  '\u202e',
  'null',
  'data',
  'raw',
  'tenant_id',
  'size0',
  'constructor',
  '__proto__',
  ' ',
  '  x',
  '-',
  '@',
  '#',
  '$1',
  ':x',
  'SELECT',
  'a'.repeat(250),
]

test('a path finds its key alone, whatever the key is', { timeout: 120_000 }, async () => {
  const realm = mintRealm('hostile', 'main')
  const drawn = fc.sample(fc.string({ unit: 'binary', maxLength: 12 }), 60).filter((text) => text.isWellFormed())
  const all = [...new Set([...hostile, ...drawn])]
  const events = all.map((name, at) =>
    event({ realm, event_id: String(at), raw: JSON.stringify({ [name]: 'v', other: 'w' }) }),
  )
  await world.store.insert(lines(events), 'hostile')
  for (const [at, name] of all.entries()) {
    if (/^\^`|\.:`/.test(name)) {
      await expect(idsOf(world.store, realm, { filter: equals(path(name), 'v') })).rejects.toThrow(
        /cannot look for a key/,
      )
      continue
    }
    const ids = await idsOf(world.store, realm, { filter: equals(path(name), 'v') })
    expect.soft(ids, JSON.stringify(name)).toEqual([String(at)])
  }
})

test('a value stays a value, whatever it holds', async () => {
  const realm = mintRealm('values', 'main')
  const values = [...new Set([...hostile, ...texts, '\\N', 'NULL', "\\'", '{_1:String}'])].filter((text) => text !== '')
  const events = values.map((user_id, at) =>
    event({ realm, event_id: String(at), user_id, raw: JSON.stringify({ user: user_id }) }),
  )
  await world.store.insert(lines(events), 'values')
  for (const [at, value] of values.entries()) {
    const [byColumn, byPath, byList] = await Promise.all([
      idsOf(world.store, realm, { filter: equals(column('user_id'), value) }),
      idsOf(world.store, realm, { filter: equals(path('user'), value) }),
      idsOf(world.store, realm, { filter: anyOf(column('user_id'), [value, 'nobody']) }),
    ])
    expect.soft([byColumn, byPath, byList], JSON.stringify(value)).toEqual([[String(at)], [String(at)], [String(at)]])
  }
})

test('what cannot be filtered is refused, and so is more than the engine takes', async () => {
  const realm = mintRealm('refused', 'main')
  const ask = (asked: Filter) => world.store.ask(realm, question({ filter: asked }))
  await expect(ask(equals(column('data'), 'x'))).rejects.toMatchObject({ kind: 'invalid' })
  await expect(ask(equals(column('user_id = user_id OR user_id'), 'x'))).rejects.toMatchObject({ kind: 'invalid' })
  await expect(ask(equals(column('user_id'), 'x'.repeat(200_000)))).rejects.toMatchObject({ kind: 'too-large' })
  await expect(
    ask({ is: 'or', of: Array.from({ length: 5_000 }, (_, at) => equals(path('a'), at)) }),
  ).rejects.toMatchObject({ kind: 'too-large' })
  let deep: Filter = equals(path('a'), 1)
  for (let at = 0; at < 2_000; at++) deep = { is: 'and', of: [not(deep), equals(column('reason'), 'x')] }
  await expect(ask(deep)).rejects.toMatchObject({ kind: expect.stringMatching(/too-large|too-costly/) })
})
