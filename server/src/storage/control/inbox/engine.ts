import type { CompiledQuery, Kysely } from 'kysely'
import type { Realm } from '../../../core/realm.ts'
import type { InboxEntry } from '../../../ports/inbox.ts'
import type { Tables } from '../tables.ts'

/** Entries that are committed together, those of one realm side by side. */
export interface Group {
  /** Epoch milliseconds of now. */
  readonly at: number
  readonly entries: readonly InboxEntry[]
  /** Neighbours of one realm that become one block; `to` is not included. */
  readonly runs: readonly { readonly realm: Realm; readonly from: number; readonly to: number }[]
}

/** What became of a committed group's entries. */
export interface Committed {
  /** The last number given before this group; its new entries follow in order. */
  readonly base: number
  /** One letter an entry: n(ew), d(uplicate) or c(onflict). */
  readonly outcomes: string
}

/** A statement of a transaction; the whole is undone when this one changes or answers fewer rows than `atLeast`. */
export interface WriteStep {
  readonly query: CompiledQuery
  readonly atLeast?: number
}

/** What the inbox asks of SQLite and of PostgreSQL; everything else is written once, above this. */
export interface InboxEngine extends AsyncDisposable {
  /** For reading. */
  readonly db: Kysely<Tables>
  /** How many entries of several callers go into one commit, and how many commits are under way at once. */
  readonly groups: { readonly entries: number; readonly inFlight: number }
  /** An id's hash, which comes as hexadecimal digits, as the window's columns hold it. */
  hash(digits: string): Uint8Array | string
  /** Commits a group. @throws Fault `inbox-full`, `control-away`; then nothing of the group was kept. */
  append(group: Group): Promise<Committed>
  /** Commits a group of one entry and forgets the set-aside event it came from; undefined when that is not there. */
  release(group: Group, seq: number): Promise<Committed | undefined>
  /** Commits all steps; undefined and nothing done when one of them met too few rows. */
  write(steps: readonly WriteStep[]): Promise<readonly (readonly Record<string, unknown>[])[] | undefined>
  /** The highest waiting number of a realm, and the watermark. */
  waiting(realm: Realm): Promise<number>
  watermark(): Promise<number>
  /** Told after the watermark moved. */
  settled(upTo: number): void
}
