import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintRealm } from '../../src/core/realm.ts'
import { startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'
import { openEventStore, parseEventsUrl, readableTables } from '../../src/storage/clickhouse/index.ts'
import { event, idsOf, lines, openWorld, storeOptions, temporaryFolder, type World } from './events-engine.ts'

describe('a ClickHouse by address', () => {
  let world: World
  beforeAll(async () => {
    world = await openWorld()
  })
  afterAll(() => world?.[Symbol.asyncDispose]())

  test('is a store like our own, once its row filters are proved', async () => {
    await using store = await openEventStore({ ...storeOptions(world.engine), embedded: false })
    await using again = await openEventStore({ ...storeOptions(world.engine), embedded: false })
    const realm = mintRealm('by address', 'main')
    await store.insert(lines([event({ realm, event_id: '1', raw: '{"n":1.0}' })]), '1')
    expect(await idsOf(again, realm)).toEqual(['1'])
    expect(await idsOf(again, mintRealm('other', 'main'))).toEqual([])
  })

  test('whose report user sees everything is refused, and the missing row filter named', async () => {
    const options = { ...storeOptions(world.engine), embedded: false, report: world.engine.app }
    await expect(openEventStore(options)).rejects.toThrow(
      /^The report user app sees rows of rollcall\.events that are not of its realm\. As an administrator, run: CREATE ROW POLICY OR REPLACE rollcall_realm ON rollcall\.events USING tenant_id = .* TO `app`/,
    )
  })

  test('whose report user may not read a table is refused, and the missing grant named', async () => {
    await using folder = await temporaryFolder()
    const few = readableTables.filter((table) => table !== 'people')
    await using engine = await startEngine({ folder: folder.path, readableTables: few, log: () => undefined })
    await expect(openEventStore({ ...storeOptions(engine), embedded: false })).rejects.toThrow(
      'The report user report may not read rollcall.people. As an administrator, run: GRANT SELECT ON rollcall.people TO `report`',
    )
  })

  test('that is not there is an error, not a wait', async () => {
    const nowhere = { ...world.engine.app, url: 'http://127.0.0.1:1' }
    await expect(openEventStore({ ...storeOptions(world.engine), app: nowhere })).rejects.toThrow(/ECONNREFUSED/)
  })
})

test('an address of an event store is read, or refused without its password', () => {
  expect(parseEventsUrl('clickhouse+https://rollcall:p%40ss@db.example.com:8443/activity')).toEqual({
    url: 'https://db.example.com:8443',
    username: 'rollcall',
    password: 'p@ss',
    database: 'activity',
  })
  expect(parseEventsUrl('clickhouse+http://u:@localhost')).toMatchObject({
    url: 'http://localhost',
    database: 'rollcall',
  })
  for (const wrong of [
    '',
    'http://u:secret@h/d',
    'clickhouse://u:secret@h/d',
    'clickhouse+http://h/d',
    'clickhouse+http://u:secret@h/d;DROP',
    'clickhouse+http://u:secret@h/a/b',
    'clickhouse+http://u:secret@h/d?x=1',
    'clickhouse+http://u:secret@h:port/d',
  ]) {
    expect(() => parseEventsUrl(wrong), wrong).toThrow(/event store/)
    expect(() => parseEventsUrl(wrong), wrong).not.toThrow(/secret/)
  }
})
