import type { Log } from '../../core/log.ts'
import type { EventStore } from '../../ports/events.ts'
import { startEngine } from './embedded/engine.ts'
import { openEventStore, parseEventsUrl, readableTables } from './index.ts'

export interface OpenEventsOptions {
  /** Addresses of the writing and of the reading user; the embedded engine when undefined. */
  readonly urls: { readonly app: string; readonly report: string } | undefined
  /** Where the embedded engine lives. */
  readonly folder: string
  readonly memoryBytes: number
  readonly querySeconds: number
  /** Whether searches by any text have an index. */
  readonly textIndex: boolean
  readonly exportSeconds: number
  readonly lock: <T>(work: () => Promise<T>) => Promise<T>
  readonly log: Log
  readonly now: () => number
}

/** The event store with the engine behind it. */
export interface OpenedEvents extends AsyncDisposable {
  readonly store: EventStore
  /** How often the embedded engine had to be started again. */
  restarts(): number
  /** Process id of the embedded engine; undefined with one by URL. */
  pid(): number | undefined
}

/** Opens the event store on the embedded engine, or on a ClickHouse by URL. */
export const openEvents = async (options: OpenEventsOptions): Promise<OpenedEvents> => {
  await using opened = new AsyncDisposableStack()
  const { log, now, lock, querySeconds, exportSeconds, textIndex } = options
  const engine = options.urls
    ? undefined
    : opened.use(await startEngine({ folder: options.folder, readableTables, memoryBytes: options.memoryBytes, log }))
  const logins = engine ?? {
    app: parseEventsUrl(options.urls?.app ?? ''),
    report: parseEventsUrl(options.urls?.report ?? ''),
  }
  const store = opened.use(
    await openEventStore({
      app: logins.app,
      report: logins.report,
      embedded: engine !== undefined,
      querySeconds,
      textIndex,
      exportSeconds,
      log,
      now,
      lock,
    }),
  )
  const running = opened.move()
  return {
    store,
    restarts: () => engine?.restarts() ?? 0,
    pid: () => engine?.pid(),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
