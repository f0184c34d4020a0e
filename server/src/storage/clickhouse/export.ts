import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { formulaBegins } from '../../core/csv.ts'
import type { Log } from '../../core/log.ts'
import type { Realm } from '../../core/realm.ts'
import type { Cell, Column } from '../../core/table.ts'
import type { EventExports, Question, WrittenForm } from '../../ports/events.ts'
import { faultOf } from './faults.ts'
import { cast, exportQuery, type Query, totalQuery } from './question.ts'
import { realmHeaders } from './realm-filter.ts'
import { reportSettings } from './report-settings.ts'
import { type BinaryColumn, binaryRows } from './row-binary.ts'

export interface ExportOptions {
  /** Reads as the report user, and waits as long as an export may take. */
  readonly report: ClickHouseClient
  /** May end queries. */
  readonly app: ClickHouseClient
  readonly database: string
  /** How long one export may take in the engine. */
  readonly seconds: number
  readonly log: Log
}

/** The engine gives up on a reader who takes nothing for so long. */
const READER_SECONDS = 600

/** What an export sorts or groups goes to the disk from so many bytes on, so that its memory does not grow with it. */
const SPILL_BYTES = '134217728'
/** Rows of a block that is read: whole events are wide, and several blocks are held at a time. */
const BLOCK_ROWS = '8192'

const streaming: ClickHouseSettings = {
  max_block_size: BLOCK_ROWS,
  max_bytes_before_external_sort: SPILL_BYTES,
  max_bytes_before_external_group_by: SPILL_BYTES,
  wait_end_of_query: 0,
  max_result_rows: '100000000',
  max_result_bytes: '64000000000',
  output_format_csv_crlf_end_of_line: 1,
  format_csv_null_representation: '',
  http_send_timeout: READER_SECONDS,
}

const formats = { csv: 'CSV', ndjson: 'JSONEachRow', parquet: 'Parquet' } as const

/** What begins like a formula, in the engine's words: by its first byte, and by the character where that has more. */
const formulas = {
  bytes: formulaBegins.filter((begin) => Buffer.byteLength(begin) === 1).map((begin) => begin.charCodeAt(0)),
  wide: formulaBegins.filter((begin) => Buffer.byteLength(begin) > 1),
}

/** A text that no spreadsheet takes for a formula, by the rule of `withoutFormula`. */
const guarded = (text: string): string => {
  const wide = formulas.wide.map((begin) => ` OR startsWith(${text}, '${begin}')`).join('')
  return `if(ascii(${text}) IN (${formulas.bytes.join(', ')})${wide}, concat('\\'', ${text}), ${text})`
}

const ofEvent: Column = { kind: 'text', label: '', nullable: false, orNull: () => ofEvent }

/** A column as the engine writes it in a form; numbers and times are never texts that need a guard. */
const writtenAs = (name: string, column: Column, format: WrittenForm['format']): string => {
  if (column.kind === 'instant' && format !== 'ndjson')
    return `CAST(\`${name}\`, '${column.nullable ? "Nullable(DateTime64(3, \\'UTC\\'))" : "DateTime64(3, \\'UTC\\')"}')`
  const value = cast(name, column)
  return format === 'csv' && (column.kind === 'text' || column.kind === 'json') ? guarded(value) : value
}

/** Lines of JSON, each an array, as they come; a batch is what one piece of the stream held. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<readonly (readonly Cell[])[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    if (lines.length > 0) yield lines.map((line) => JSON.parse(line) as readonly Cell[])
  }
  if (rest !== '') yield [JSON.parse(rest) as readonly Cell[]]
}

export const createExports = ({ report, app, database, seconds, log }: ExportOptions): EventExports => {
  const kill = async (id: string): Promise<void> => {
    await app
      .command({ query: 'KILL QUERY WHERE query_id = {id:String} ASYNC', query_params: { id } })
      .catch((error) =>
        log('warn', 'An export that was ended could not be ended in the engine', { error: String(error) }),
      )
  }

  /** Opens a query's answer; whoever ends the iteration early ends the query. */
  async function* bodyOf(
    realm: Realm,
    question: Question,
    query: Query,
    format: string,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const id = `${question.report.id}:export:${randomUUID()}`
    const what = `The export of ${question.report.id}`
    const own = new AbortController()
    const signal = question.signal ? AbortSignal.any([question.signal, own.signal]) : own.signal
    let body: Readable | undefined
    let ended = false
    try {
      signal.throwIfAborted()
      const answer = await report.exec({
        query: `${query.sql}\nFORMAT ${format}`,
        query_params: { ...query.params },
        query_id: id,
        http_headers: realmHeaders(realm),
        abort_signal: signal,
        clickhouse_settings: { ...reportSettings(seconds), ...streaming },
      })
      body = answer.stream
      for await (const chunk of body) {
        signal.throwIfAborted()
        yield chunk as Uint8Array
      }
      ended = true
    } catch (error) {
      throw faultOf(error, what, question.signal)
    } finally {
      if (!ended) {
        own.abort()
        body?.destroy()
        await kill(id)
      }
    }
  }

  const first = async (realm: Realm, question: Question, query: Query): Promise<unknown[][]> => {
    const rows: unknown[][] = []
    for await (const batch of linesOf(bodyOf(realm, question, query, 'JSONCompactEachRow')))
      for (const row of batch) rows.push([...row])
    return rows
  }

  return {
    async count(realm, question) {
      return Number((await first(realm, question, totalQuery(database, realm, question)))[0]?.[0] ?? 0)
    },

    async names(realm, question, most) {
      const withRaw = { ...question, with: ['raw'] }
      const query = exportQuery(database, realm, withRaw, () => 'JSONExtractKeys(with_0) AS names')
      // Most events have one of a few lists of names: each list is counted once, and not each name of each event.
      const lists = `SELECT names, count() AS events FROM (${query.sql}) GROUP BY names`
      const sql = `SELECT arrayJoin(names) AS name FROM (${lists}) GROUP BY name ORDER BY sum(events) DESC, name LIMIT ${Math.floor(most)}`
      return (await first(realm, question, { ...query, sql })).map(([name]) => String(name))
    },

    async *rows(realm, question) {
      const own = Object.entries(question.report.columns)
      const wanted = question.with ?? []
      const answers = [
        ...own.map(([name, column]) => cast(name, column)),
        ...wanted.map((_, at) => cast(`with_${at}`, ofEvent)),
      ]
      const columns: readonly BinaryColumn[] = [...own, ...wanted.map((name) => [name, ofEvent] as const)]
      const query = exportQuery(database, realm, question, () => answers.join(', '))
      yield* binaryRows(bodyOf(realm, question, query, 'RowBinary'), columns)
    },

    written(realm, question, { format, columns }) {
      const wanted = question.with ?? []
      const select = columns.map(({ name, head }, at) => {
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(head)) throw new Error(`${head} is no plain word for a head`)
        const own = Object.hasOwn(question.report.columns, name) ? question.report.columns[name] : undefined
        const place = wanted.indexOf(name)
        if (!own && place < 0) throw new Error(`${question.report.id} has no column ${name}`)
        const written = own ? writtenAs(name, own, format) : writtenAs(`with_${place}`, ofEvent, format)
        return `${written} AS answer_${at}`
      })
      const query = exportQuery(database, realm, question, () => select.join(', '))
      // In a step of its own: a head may be the name of another column, which would then be read instead of it.
      const heads = columns.map(({ head }, at) => `answer_${at} AS \`${head}\``)
      const sql = `SELECT ${heads.join(', ')} FROM (${query.sql})`
      return bodyOf(realm, question, { ...query, sql }, formats[format])
    },
  }
}
