import { byteOrderMark, csvHeads } from '../../core/csv.ts'
import type { Realm } from '../../core/realm.ts'
import { type Added, splice } from '../../core/splice.ts'
import type { Row } from '../../core/table.ts'
import type { EventExports, Question, WrittenForm } from '../../ports/events.ts'
import { countRecords } from './count-records.ts'
import { eventHeads, eventLine, MOST_NAMES } from './event-csv.ts'
import type { ExportPayload } from './payload.ts'

/** What a dialect adds to a listed event as it was sent; the row has the event's `event_name` and `raw`. */
export type Voice = (realm: Realm, row: Row) => readonly Added[]

/** Columns of an event that a voice needs. */
const voiced = ['event_name', 'raw'] as const

export interface ExportedAs extends Pick<ExportPayload, 'format' | 'columns'> {
  readonly voice: Voice | undefined
}

const isFormOfEngine = (format: string): format is WrittenForm['format'] =>
  format === 'csv' || format === 'ndjson' || format === 'parquet'

async function* linesOf(
  rows: AsyncIterable<readonly Row[]>,
  line: (row: Row) => string,
  tell: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
  let count = 0
  for await (const batch of rows) {
    let text = ''
    for (const row of batch) text += line(row)
    count += batch.length
    tell(count)
    yield Buffer.from(text)
  }
}

/** Events in the words of a dialect, every byte of them as it was sent. */
async function* eventsAs(
  exports: EventExports,
  realm: Realm,
  question: Question,
  format: 'csv' | 'ndjson',
  voice: Voice,
  tell: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
  const rows = exports.rows(realm, { ...question, with: voiced })
  if (format === 'ndjson') return yield* linesOf(rows, (row) => `${splice(String(row.raw), voice(realm, row))}\n`, tell)
  const heads = eventHeads(await exports.names(realm, question, MOST_NAMES + 50))
  yield Buffer.from(`${byteOrderMark}${csvHeads(heads)}`)
  const line = eventLine(heads)
  yield* linesOf(rows, (row) => line(String(row.raw), voice(realm, row)), tell)
}

/**
 * A whole answer as the bytes of a file. The engine writes them itself, but for events in a dialect's words, which are
 * returned as they were sent; in Parquet those stand as JSON text in a column `event`.
 */
export async function* bytesOf(
  exports: EventExports,
  realm: Realm,
  question: Question,
  { format, columns, voice }: ExportedAs,
  tell: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
  if (!isFormOfEngine(format)) throw new Error(`The engine writes no ${format}`)
  if (voice && format !== 'parquet') return yield* eventsAs(exports, realm, question, format, voice, tell)
  const asked = voice ? { ...question, with: ['raw'] } : question
  const form = { format, columns: voice ? [...columns, { name: 'raw', head: 'event' }] : columns }
  if (format === 'csv') yield Buffer.from(`${byteOrderMark}${csvHeads(columns.map(({ head }) => head))}`)
  const written = exports.written(realm, asked, form)
  yield* format === 'parquet' ? written : countRecords(written, format === 'csv', tell)
}
