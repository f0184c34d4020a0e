import { pipeline, Readable, type Transform } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import {
  type Column,
  type Columns,
  count,
  duration,
  flag,
  instant,
  json,
  number,
  type Row,
  seconds,
  text,
} from '../../core/table.ts'
import type { Document } from '../../render/document.ts'

/** Rows of a snapshot at most; its document says how many there were. */
export const SNAPSHOT_ROWS = 100_000

const kinds = { text, instant, duration, seconds, count, number, flag, json }

/** Everything of a document but its rows. */
type Head = Omit<Document, 'rows' | 'columns' | 'period' | 'total'> & {
  readonly columns: Readonly<Record<string, Omit<Column, 'orNull'>>>
  readonly period: Document['period'] | null
  readonly total: number | null
}

const through = (from: Readable, transform: Transform): Transform => {
  pipeline(from, transform, () => undefined)
  return transform
}

/**
 * A document as bytes that give the same document back, whenever it is drawn: a line of JSON about it, then a line for
 * each batch of rows, packed.
 */
export const writeSnapshot = (document: Document): AsyncIterable<Uint8Array> => {
  async function* lines(): AsyncGenerator<string> {
    const { rows, ...head } = document
    yield `${JSON.stringify({ ...head, period: head.period ?? null, total: head.total ?? null })}\n`
    const names = Object.keys(document.columns)
    for await (const batch of rows)
      yield `${JSON.stringify(batch.map((row) => names.map((name) => row[name] ?? null)))}\n`
  }
  return through(Readable.from(lines()), createGzip())
}

async function* splitLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of body) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}

/** The document of a snapshot, to be drawn with at most so many rows. Its rows are read once. */
export const readSnapshot = async (body: Readable, most: number): Promise<Document> => {
  const lines = splitLines(through(body, createGunzip()))
  const first = await lines.next()
  if (first.done) throw new Error('A snapshot of a report is empty')
  const head = JSON.parse(first.value) as Head
  const columns: Columns = Object.fromEntries(
    Object.entries(head.columns).map(([name, { kind, label, ...more }]) => [name, kinds[kind](label, more)]),
  )
  const names = Object.keys(columns)
  async function* rows(): AsyncGenerator<readonly Row[]> {
    for await (const line of lines)
      yield (JSON.parse(line) as Row[string][][]).map((cells) =>
        Object.fromEntries(names.map((name, at) => [name, cells[at] ?? null])),
      )
  }
  return {
    ...head,
    columns,
    period: head.period ?? undefined,
    total: head.total ?? undefined,
    most: Math.min(most, head.most),
    rows: rows(),
  }
}
