import type { Log } from '../../core/log.ts'
import type { EventStore } from '../../ports/events.ts'
import { createAsk } from './ask.ts'
import { expireMonths } from './expire.ts'
import { createExports } from './export.ts'
import { insertLines } from './insert.ts'
import { findKnown } from './known.ts'
import { connect, databaseOf, reportDatabase, type StoreLogin } from './login.ts'
import { migrate } from './migrate.ts'
import { putDirectory } from './put-directory.ts'
import { recount, restamp } from './recount.ts'
import { proveRowFilters } from './row-filters.ts'
import { indexMonths, keepTextIndex } from './text-index.ts'

export { parseEventsUrl, type StoreLogin } from './login.ts'
export { readableTables } from './tables.ts'

export interface EventStoreOptions {
  /** Writes and migrates. */
  readonly app: StoreLogin
  /** Reads for principals, behind row filters. */
  readonly report: StoreLogin
  /** Whether the engine is our own, whose row filters are files; those of any other are made and proved at start. */
  readonly embedded: boolean
  /** How long one query of a report may take. */
  readonly querySeconds: number
  /** Whether searches by any text have an index; true when absent. */
  readonly textIndex?: boolean
  /** How long one export may take. */
  readonly exportSeconds: number
  readonly log: Log
  readonly now: () => number
  /** Runs the migrations while no other process does. */
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>
}

/** How much longer than its query may take an answer is waited for: an engine that hangs says nothing at all. */
const SPARE_MS = 5_000

/**
 * Opens the event store and brings its tables up to date.
 * @throws Error one sentence, naming the missing grant or row filter, when reports would not be kept in their realm
 */
export const openEventStore = async (options: EventStoreOptions): Promise<EventStore> => {
  const { embedded, log, now, lock, querySeconds, textIndex = true } = options
  const database = databaseOf(options.app)
  await using clients = new AsyncDisposableStack()
  const open = (login: StoreLogin, name: string, patienceMs?: number) => {
    const client = connect(login, name, patienceMs)
    clients.defer(() => client.close())
    return client
  }
  const app = open(options.app, database)
  const report = open(options.report, reportDatabase, querySeconds * 1_000 + SPARE_MS)
  const exporting = open(options.report, reportDatabase, options.exportSeconds * 1_000 + SPARE_MS)
  await lock(async () => {
    if (!embedded) await createDatabases(options.app, [database, reportDatabase])
    await migrate(app, now, log)
    await keepTextIndex(app, textIndex)
    if (!embedded) await proveRowFilters({ app, report, database, reportUser: options.report.username })
  })
  const running = clients.move()
  return {
    insert: (lines, token) => insertLines(app, lines, token),
    putDirectory: (rows) => putDirectory(app, rows),
    known: (realm, keys) => findKnown(app, realm, keys),
    ask: createAsk({ report, database, seconds: querySeconds }),
    exports: createExports({ report: exporting, app, database, seconds: options.exportSeconds, log }),
    recount: (realm, change) => recount(app, realm, change),
    restamp: (realm, change) => restamp(app, realm, change),
    expire: (before) => expireMonths(app, before),
    indexTexts: (before) => indexMonths(app, before),
    ping: async () => (await app.ping({ select: true })).success,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

/** Outside of any database, since the client's own may not be there yet. */
const createDatabases = async (login: StoreLogin, names: readonly string[]): Promise<void> => {
  const client = connect(login, 'default')
  try {
    for (const name of names) await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${name} ENGINE = Atomic` })
  } finally {
    await client.close()
  }
}
