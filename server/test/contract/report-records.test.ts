import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noQuestion } from '../../src/core/definition.ts'
import type { DefinitionRecord, GeneratedRecord } from '../../src/ports/generated.ts'
import { engines, type Host, openStore, realmOf } from './engines.ts'

const NOW = Date.UTC(2026, 0, 15)
const realm = realmOf('reports')

const definition = (id: string, over: Partial<DefinitionRecord> = {}): DefinitionRecord => ({
  id,
  title: `Definition ${id}`,
  type: 'system',
  queryFilter: 'user_id.in(a%2Cb)',
  queryOrder: null,
  question: noQuestion,
  createdBy: 'ann',
  createdAt: NOW,
  modifiedAt: NOW,
  removed: false,
  ...over,
})

const generated = (id: string, over: Partial<GeneratedRecord> = {}): GeneratedRecord => ({
  id,
  title: 'Ärzte · 病院',
  definitionId: '5',
  type: 'system',
  queryFilter: null,
  queryOrder: '!created_at',
  window: { from: 0, to: NOW },
  generatedAt: NOW,
  createdBy: 'ann',
  periodic: false,
  run: null,
  createdOn: 'one',
  rows: 12,
  file: `report-${id}.rows.gz`,
  createdAt: NOW,
  modifiedAt: NOW,
  removed: false,
  ...over,
})

describe.each(engines)('records of reports on $engine', ({ start }) => {
  let host: Host
  beforeAll(async () => {
    host = await start()
  }, 60_000)
  afterAll(() => host?.[Symbol.asyncDispose]())

  test('are given numbers once, whoever asks at the same time', async () => {
    await using store = await openStore(await host.freshUrl())
    const numbers = await Promise.all(Array.from({ length: 40 }, () => store.control.reports.nextNumber()))
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1))
  })

  test('keep definitions as they were said, change what is said, and mark what was removed', async () => {
    await using store = await openStore(await host.freshUrl())
    const { definitions } = store.control.reports
    for (const id of ['11', '12', '13']) await definitions.create(realm, definition(id))
    expect(await definitions.get(realm, '12')).toEqual(definition('12'))
    const question = { filter: null, order: ['-created_at'], dated: true }
    expect(await definitions.change(realm, '12', { queryOrder: '!created_at', question }, NOW + 5)).toBe(true)
    expect(await definitions.get(realm, '12')).toEqual(
      definition('12', { queryOrder: '!created_at', question, modifiedAt: NOW + 5 }),
    )
    expect(await definitions.remove(realm, '13', NOW + 9)).toBe(true)
    expect(await definitions.remove(realm, '13', NOW + 9)).toBe(false)
    expect(await definitions.change(realm, '13', { title: 'x' }, NOW)).toBe(false)
    expect((await definitions.get(realm, '13'))?.removed).toBe(true)
    const first = await definitions.list(realm, { limit: 2 })
    const rest = await definitions.list(realm, { limit: 2, after: '12' })
    expect([...first, ...rest].map(({ id }) => id)).toEqual(['11', '12', '13'])
    expect(await definitions.get(realmOf('another'), '12')).toBeUndefined()
    expect(await definitions.remove(realmOf('another'), '12', NOW)).toBe(false)
  })

  test('keep generated reports, one of each run', async () => {
    await using store = await openStore(await host.freshUrl())
    const reports = store.control.reports.generated
    expect(await reports.create(realm, generated('1'))).toBe(true)
    expect(await reports.create(realm, generated('2', { window: null, definitionId: null }))).toBe(true)
    expect(await reports.create(realm, generated('3', { run: 'r', periodic: true }))).toBe(true)
    expect(await reports.create(realm, generated('4', { run: 'r', periodic: true }))).toBe(false)
    expect(await reports.list(realm, { limit: 9 })).toEqual([
      generated('1'),
      generated('2', { window: null, definitionId: null }),
      generated('3', { run: 'r', periodic: true }),
    ])
    expect(await reports.remove(realm, '1', NOW + 1)).toBe(true)
    expect(await reports.get(realm, '1')).toEqual(generated('1', { removed: true, modifiedAt: NOW + 1 }))
    expect(await reports.list(realmOf('another'), { limit: 9 })).toEqual([])
  })

  test('go with their realm', async () => {
    await using store = await openStore(await host.freshUrl())
    const draft = { tenant: { id: 't', name: 'T' }, community: { id: 'c', name: 'C' } }
    const record = await store.control.realms.create(draft, NOW)
    await store.control.reports.definitions.create(record.realm, definition('1'))
    await store.control.reports.generated.create(record.realm, generated('2'))
    await store.control.realms.remove(record.realm)
    expect(await store.control.reports.definitions.list(record.realm, { limit: 9 })).toEqual([])
    expect(await store.control.reports.generated.list(record.realm, { limit: 9 })).toEqual([])
  })
})
