import type { ChartData, SaidFigure } from '../core/summary.ts'
import type { Columns, Row } from '../core/table.ts'
import type { Window } from '../core/window.ts'

/** A report as a document: everything that stands on it, in no format yet. */
export interface Document {
  readonly title: string
  /** The realm's name, as people call it. */
  readonly realm: string
  /** Both ends included; undefined when the report has no window. */
  readonly period: Window | undefined
  /** The IANA zone in which every instant is written. */
  readonly zone: string
  /** Who asked. */
  readonly askedBy: string
  /** Epoch milliseconds. */
  readonly generatedAt: number
  /** The filter in words; empty for everything. */
  readonly filter: string
  /** Sentences that a reader must know, such as that the newest events are missing. */
  readonly notes: readonly string[]
  readonly figures: readonly SaidFigure[]
  readonly chart: ChartData | undefined
  readonly columns: Columns
  /** Batches of rows; read once, and only as far as rows are shown. */
  readonly rows: AsyncIterable<readonly Row[]>
  /** All rows of the answer, where they were counted. */
  readonly total: number | undefined
  /** Most rows to show; the rest is told in a sentence. */
  readonly most: number
}

/** Writes a document, piece by piece. */
export type Render = (document: Document) => AsyncIterable<Uint8Array>

/** How far a document's rows were read. */
export interface Shown {
  readonly rows: AsyncIterable<Row>
  /** Once `rows` has ended: how many there were, and whether more were left unread. */
  count(): number
  cut(): boolean
}

/** The rows of a document that are shown. */
export const shownRows = (document: Document): Shown => {
  let count = 0
  let cut = false
  async function* rows(): AsyncGenerator<Row> {
    for await (const batch of document.rows)
      for (const row of batch) {
        cut = count >= document.most
        if (cut) return
        count += 1
        yield row
      }
  }
  return { rows: rows(), count: () => count, cut: () => cut }
}

/** The first rows, from which widths are found, and then all of them with these. */
export const peekRows = async (
  rows: AsyncIterable<Row>,
  count: number,
): Promise<{ readonly first: readonly Row[]; readonly all: AsyncIterable<Row> }> => {
  const source = rows[Symbol.asyncIterator]()
  const first: Row[] = []
  while (first.length < count) {
    const next = await source.next()
    if (next.done) break
    first.push(next.value)
  }
  async function* all(): AsyncGenerator<Row> {
    yield* first
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  }
  return { first, all: all() }
}
