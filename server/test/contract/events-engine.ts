import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { foundColumns, type StoredEvent } from '../../src/core/event.ts'
import { everything } from '../../src/core/filter.ts'
import { mintRealm, type Realm } from '../../src/core/realm.ts'
import { type Report, report } from '../../src/core/report.ts'
import { instant, text } from '../../src/core/table.ts'
import type { EventStore, Question } from '../../src/ports/events.ts'
import { type Engine, type EngineLogin, startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'
import { type EventStoreOptions, openEventStore, readableTables } from '../../src/storage/clickhouse/index.ts'
import { encodeRow, numberRow } from '../../src/storage/clickhouse/rows.ts'

export const acme = mintRealm('acme', 'main')
export const time = Date.UTC(2025, 5, 15, 12)

const nothingFound = Object.fromEntries(foundColumns.map((name) => [name, '']))

/** An event of acme; says only what a test is about. */
export const event = (part: Partial<StoredEvent> & { event_id: string }): StoredEvent =>
  ({
    ...nothingFound,
    realm: acme,
    dialect: 'native',
    event_name: 'login',
    action: 'login',
    outcome: 'success',
    category: '',
    kind: 'event',
    event_ts: time,
    received_ts: time,
    local_hour: time / 3_600_000,
    clock: 1,
    raw: '{}',
    ...part,
  }) as StoredEvent

/** Events as the mover sends them, numbered from `first`. */
export const lines = (events: readonly StoredEvent[], first = 1): string[] =>
  events.map((one, at) => numberRow(first + at, encodeRow(one)))

/** A list of events, as small as one can be. */
export const eventList: Report = report({
  id: 'event-list',
  title: 'Events',
  about: 'Events.',
  params: {},
  columns: { event_ts: instant('Time'), event_id: text('Event') },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  sql: 'SELECT event_ts, event_id FROM events',
})

/** A question about everything, but for what a test says. */
export const question = (part: Partial<Question> = {}): Question => ({
  report: eventList,
  filter: everything,
  params: {},
  page: { skip: 0, size: 1_000 },
  total: false,
  ...part,
})

/** The ids of events that a list answers, in its order. */
export const idsOf = async (store: EventStore, realm: Realm, part: Partial<Question> = {}): Promise<string[]> =>
  (await store.ask(realm, question(part))).rows.map((row) => String(row.event_id))

export interface World extends AsyncDisposable {
  readonly engine: Engine
  readonly store: EventStore
  /** Straight to the engine, as the user who may do everything. */
  readonly app: ClickHouseClient
  rows(sql: string): Promise<Record<string, unknown>[]>
}

export const storeOptions = (engine: Engine): EventStoreOptions => ({
  app: engine.app,
  report: engine.report,
  embedded: true,
  querySeconds: 30,
  exportSeconds: 300,
  log: () => undefined,
  now: Date.now,
  lock: (work) => work(),
})

export const clientOf = ({ url, username, password, headers }: EngineLogin): ClickHouseClient =>
  createClient({ url, username, password, http_headers: headers, database: 'rollcall' })

export const temporaryFolder = async (): Promise<AsyncDisposable & { path: string }> => {
  const path = await mkdtemp(join(tmpdir(), 'rollcall-events-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** An engine of a test's own with an empty store on it. */
export const openWorld = async (): Promise<World> => {
  await using opened = new AsyncDisposableStack()
  const { path: folder } = opened.use(await temporaryFolder())
  const engine = opened.use(await startEngine({ folder, readableTables, log: () => undefined }))
  const store = opened.use(await openEventStore(storeOptions(engine)))
  const app = clientOf(engine.app)
  opened.defer(() => app.close())
  const running = opened.move()
  return {
    engine,
    store,
    app,
    rows: async (query) => (await app.query({ query, format: 'JSONEachRow' })).json<Record<string, unknown>>(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
