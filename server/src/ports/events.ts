import type { Filter } from '../core/filter.ts'
import type { Cursor } from '../core/page.ts'
import type { Realm } from '../core/realm.ts'
import type { Report } from '../core/report.ts'
import type { Row } from '../core/table.ts'
import type { Window } from '../core/window.ts'
import type { DirectoryRow } from './directory.ts'

/** A report asked of the store: everything outside the report's own text is bound. */
export interface Question {
  readonly report: Report
  readonly window?: Window
  /** What was asked. */
  readonly filter: Filter
  /** What may be seen; everything when absent. A source that cannot tell it is refused with `forbidden`. */
  readonly sight?: Filter
  readonly params: Readonly<Record<string, unknown>>
  readonly order?: readonly string[]
  /** The realm's clocks whose days and months count; the first one when absent. */
  readonly clocks?: readonly number[]
  readonly page: { readonly skip: number; readonly size: number }
  /** For a report that lists events: continue after this key instead of skipping. */
  readonly after?: Cursor
  /** Whether the number of all rows is wanted too. */
  readonly total: boolean
  /** For a report that lists events: columns of the event to answer beside the report's own. */
  readonly with?: readonly string[]
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly rows: readonly Row[]
  readonly total?: number
  /** Rows and bytes that the engine read, and its own time. */
  readonly cost: { readonly rows: number; readonly bytes: number; readonly ms: number }
}

/** How the engine itself writes an answer: a form, and under which heads which of the report's columns stand. */
export interface WrittenForm {
  readonly format: 'csv' | 'ndjson' | 'parquet'
  /** `name` is a column of the report, or one of the question's `with`; a head is a plain word. */
  readonly columns: readonly { readonly name: string; readonly head: string }[]
}

/**
 * Whole answers as streams, of any length with flat memory: nobody reads on while the reader is busy. The page's skip
 * and size bound them. Ending the iteration, or the question's signal, ends the query in the engine.
 */
export interface EventExports {
  /** How many rows the question has, all pages together. */
  count(realm: Realm, question: Question): Promise<number>
  /** The names at the top of the listed events, as they were sent: the most frequent first, at most so many. */
  names(realm: Realm, question: Question, most: number): Promise<readonly string[]>
  /** Rows in batches, with the columns of `with` beside the report's own, as texts. */
  rows(realm: Realm, question: Question): AsyncIterable<readonly Row[]>
  /** What the engine writes: for CSV records that end with CRLF, without a head. */
  written(realm: Realm, question: Question, form: WrittenForm): AsyncIterable<Uint8Array>
}

/** What a realm's days and months are counted anew by. */
export interface Recount {
  /** The number of the new clock, and of the one under which everything is counted so far. */
  readonly clock: number
  readonly counted: number
  /** IANA name of the new zone. */
  readonly zone: string
  readonly now: number
}

/** Thrown by `insert` when the engine refuses data (not when it is away, full or busy). */
export class RowsRefused extends Error {
  override readonly name = 'RowsRefused'
}

/** Where events are searched. Openly ClickHouse-shaped: no second engine is feigned. */
export interface EventStore extends AsyncDisposable {
  /**
   * Inserts lines of JSON (one object each) as one block under a deduplication token; a known token is not inserted
   * again. Durable when it resolves.
   * @throws RowsRefused for a data error; any other error is worth trying again.
   */
  insert(lines: readonly string[], token: string): Promise<void>

  /** Puts objects of the directory where reports read them, by their versions; the same again changes nothing. */
  putDirectory(rows: readonly DirectoryRow[]): Promise<void>

  /** Which of these keys are stored already, as `${ts}/${id}`. */
  known(realm: Realm, keys: readonly Cursor[]): Promise<ReadonlySet<string>>

  /**
   * Answers a report as the engine's report user, behind the realm's row filter.
   * @throws Fault `engine-away`, `too-costly`, `cancelled`
   */
  ask(realm: Realm, question: Question): Promise<Answer>

  readonly exports: EventExports

  /**
   * Counts the days and months of a realm under a new clock, beside those of the former ones; may be called again after
   * it broke off. No event that a former clock stamped may arrive after it began.
   */
  recount(realm: Realm, change: Recount): Promise<void>
  /** Stamps stored events with the hours of the new clock, and forgets what the former ones counted. */
  restamp(realm: Realm, change: Recount): Promise<void>

  /** Drops whole months of events that ended before an instant; answers which. Rollups and states stay. */
  expire(before: number): Promise<readonly string[]>

  /**
   * Has the index for searches by any text built for a month that changed since; for one that had not ended at an
   * instant only where that is worth it. Answers which months were begun, at most one. It is asked again now and then.
   */
  indexTexts(before: number): Promise<readonly string[]>

  /** Whether the engine answers. */
  ping(): Promise<boolean>
}
