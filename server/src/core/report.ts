import type { TProperties } from 'typebox'
import type { Columns } from './table.ts'
import type { Window } from './window.ts'

/** The `{name:Type}` holes in a text of SQL. */
type Holes<S extends string> = S extends `${string}{${infer Name}:${infer Type}}${infer Rest}`
  ? { [K in Name]: Type } & Holes<Rest>
  : unknown

/** What the runner may put before a report's SQL: common table expressions that already hold only the realm's rows. */
export type Source =
  | 'events'
  | 'people'
  | 'rollups'
  | 'first_times'
  | 'registrations'
  | 'directory'
  | 'proofing'
  | 'privileged_sessions'
  | 'directory_users'
  | 'privileges'

/**
 * What is drawn of a report's rows, all of them. With an instant as `x` the rows are counted by hour, day, week or
 * month of the realm's clock, whichever suits the window; otherwise the largest values of `x` stand side by side.
 */
export interface Chart {
  readonly kind: 'bars' | 'line'
  readonly x: string
  /** A column that is added up; the rows are counted when there is none. */
  readonly y?: string
  /** A column whose values become series of their own, stacked. */
  readonly by?: string
  /** Such as `Logins by application`; made from the columns' labels when absent. */
  readonly title?: string
}

/** One figure over all rows of a report's answer. */
export interface Figure {
  readonly label: string
  readonly column: string
  readonly is: 'sum' | 'distinct' | 'least' | 'most'
}

/** What a report's own parameters are worked out from. */
export interface Basis {
  /** What was asked, whatever retention has left of its events. */
  readonly window: Window
  /** The zone on whose wall clock the realm's days are counted. */
  readonly zone: string
  /** What its asker said, defaults included. */
  readonly params: Readonly<Record<string, unknown>>
  readonly now: number
}

/** A named question over one realm that answers with a table. */
export interface Report {
  /** The report's file name without its ending; the name that routes, logs and the command line use. */
  readonly id: string
  readonly title: string
  readonly about: string
  /** What the report reads; the runner puts it before the SQL, inside the realm. */
  readonly reads: readonly Source[]
  /** What the report only looks names and states up in: of the realm, but not narrowed by the filter. */
  readonly looksUp?: readonly Source[]
  /** The asked span when its asker names none, in milliseconds before now; undefined when the report has no window. */
  readonly defaultSpan?: number
  /** Bound to the SQL's holes; a schema each, in typebox. */
  readonly params: TProperties
  /**
   * Parameters that nobody says: worked out for each question, and bound like the others.
   * @throws Fault `invalid` for a parameter that makes no sense
   */
  readonly derives?: (basis: Basis) => object
  readonly columns: Columns
  /** A total order, so that pages are stable: column names, `-` before one that descends. */
  readonly order: readonly string[]
  /**
   * Whether a row is an event: then columns of the event that the asker wants (its raw text) are read only for
   * the rows of the page.
   */
  readonly lists?: 'events'
  /**
   * Texts inside the event as it was sent that the SQL reads, as nullable columns of `events` by these names. `events`
   * itself does not carry `data`: read through it, the engine reads the whole of every event.
   */
  readonly paths?: Readonly<Record<string, readonly string[]>>
  readonly sql: string
  readonly chart?: Chart
  /** What a document of this report says above its table, beside the number of rows; over all rows, not those shown. */
  readonly figures?: readonly Figure[]
}

type Definition<S extends string, P extends TProperties, D extends object> = Omit<
  Report,
  'params' | 'sql' | 'reads' | 'derives'
> & {
  readonly reads?: readonly Source[]
  readonly derives?: (basis: Basis) => D
  readonly params: P & { readonly [K in Exclude<keyof Holes<S>, keyof D>]: unknown }
  readonly sql: S
}

/** Declares a report. A hole in its SQL without a parameter of that name does not compile. */
export const report = <const S extends string, const P extends TProperties, D extends object>(
  definition: Definition<S, P, D>,
): Report => ({
  reads: ['events'],
  ...definition,
})

/** What a parameter is when it is left out, for those that may be. */
export const defaultsOf = (report: Report): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(report.params).flatMap(([name, schema]) => ('default' in schema ? [[name, schema.default]] : [])),
  )
