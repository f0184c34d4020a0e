import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StoredEvent } from '../../src/core/event.ts'
import { mentions } from '../../src/core/filter.ts'
import { mintRealm } from '../../src/core/realm.ts'
import { until } from '../until.ts'
import { event, idsOf, lines, openWorld, type World } from './events-engine.ts'
import { passes } from './events-where-oracle.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

const letters = [
  'a',
  'b',
  'A',
  'B',
  '%',
  '_',
  '\\',
  '"',
  ':',
  ',',
  ' ',
  '/',
  '\n',
  'ä',
  'Ä',
  'ß',
  'ẞ',
  'Σ',
  'ς',
  'σ',
  'İ',
  'ı',
  'ﬁ',
  'é',
  '日',
  '😀',
  '😁',
]
const text = fc.array(fc.constantFrom(...letters), { maxLength: 6 }).map((all) => all.join(''))
/** A text as JSON, some of its letters by their numbers. */
const quoted = fc.tuple(text, fc.boolean()).map(([value, escaped]) =>
  escaped
    ? `"${[...value]
        .map((letter) =>
          letter
            .split('')
            .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
            .join(''),
        )
        .join('')}"`
    : JSON.stringify(value),
)
const space = fc.constantFrom('', '', ' ', '\t\n')
const json = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { weight: 5, arbitrary: quoted },
    { weight: 1, arbitrary: fc.constantFrom('5', 'true', 'null', '-1.5e3') },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${all.join(' , ')}]`) },
    { weight: 1, arbitrary: tie('object') },
  ),
  object: fc
    .uniqueArray(fc.tuple(text, space, tie('value')), { selector: ([name]) => name, maxLength: 4 })
    .map(
      (members) =>
        `{${members.map(([name, gap, value]) => `${gap}${JSON.stringify(name)}${gap}:${gap}${value}${gap}`).join(',')}}`,
    ),
})).object

const anEvent = fc.record({
  raw: json,
  user_id: text,
  login_id: text,
  application: fc.constantFrom('', 'wiki', 'Über%'),
})

const sought = fc.oneof(
  text.filter((value) => value !== ''),
  fc.constantFrom(
    'e1',
    'login',
    'WIKI',
    'ÜBER',
    'ss',
    'SS',
    'fi',
    'u00',
    '\\u00',
    '":"',
    '\u001f',
    'a\u001fb',
    "'",
    '\u0000',
  ),
)

test('a text is found in whatever an event says, whatever the case, with an index and without', {
  timeout: 120_000,
}, async () => {
  const realm = mintRealm('mentioned', 'main')
  const events: StoredEvent[] = fc
    .sample(anEvent, 240)
    .map((part, at) => event({ realm, event_id: `e${at}`, event_ts: 1_750_000_000_000 + at, ...part }))
  const raw = String.raw`{"a":"DOMAIN\\ünal","b":"said \"Ünal\""}`
  events.push(event({ realm, event_id: 'told', event_ts: 1_750_000_001_000, raw, user_id: '', login_id: '' }))
  await world.store.insert(lines(events.slice(0, 120)), 'mentioned-1')
  await world.store.insert(lines(events.slice(120), 121), 'mentioned-2')
  const expected = (value: string) =>
    events.filter((one) => !value.includes('\u001f') && passes(mentions(value), one)).map(({ event_id }) => event_id)
  const ask = (value: string) => idsOf(world.store, realm, { filter: mentions(value), order: ['event_ts', 'event_id'] })
  const hold = (numRuns: number) =>
    fc.assert(
      fc.asyncProperty(sought, async (value) => {
        expect(await ask(value)).toEqual(expected(value))
      }),
      { numRuns },
    )
  for (const value of ['DOMAIN\\ünal', 'main\\ü', 'said "Ü']) expect(await ask(value)).toEqual(['told'])
  await hold(60)
  await world.app.command({ query: 'OPTIMIZE TABLE events FINAL' })
  const built = async () =>
    await world.rows(
      "SELECT data_compressed_bytes > 0 AS built FROM system.data_skipping_indices WHERE name = 'by_words'",
    )
  expect(await built()).toEqual([{ built: 0 }])
  const ended = Date.UTC(2025, 6, 1)
  expect(await world.store.indexTexts(ended - 1)).toEqual([])
  expect(await world.store.indexTexts(ended)).toEqual(['202506'])
  await until(async () => {
    const [left] = await world.rows('SELECT count() AS left FROM system.mutations WHERE NOT is_done')
    return left?.left === 0 || left?.left === '0'
  })
  expect(await built()).toEqual([{ built: 1 }])
  expect(await world.store.indexTexts(ended)).toEqual([])
  expect(await world.store.indexTexts(ended)).toEqual([])
  await hold(60)
})
