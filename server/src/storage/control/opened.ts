import type { Kysely } from 'kysely'
import type { InboxEngine } from './inbox/engine.ts'
import type { Tables } from './tables.ts'

/** An engine that was opened and brought up to date. */
export interface Opened extends AsyncDisposable {
  readonly db: Kysely<Tables>
  readonly engine: InboxEngine
  /** Whether no other process can change what is stored, so that its version need not be read again. */
  readonly onlyProcess: boolean
  /** Runs work while no other process does, by a lock of the store. */
  readonly exclusively: <T>(work: () => Promise<T>) => Promise<T>
}
