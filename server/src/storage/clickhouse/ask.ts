import { randomUUID } from 'node:crypto'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Cursor } from '../../core/page.ts'
import type { Realm } from '../../core/realm.ts'
import type { Cell, Row } from '../../core/table.ts'
import type { Answer, Question } from '../../ports/events.ts'
import { faultOf } from './faults.ts'
import { columnsQuery, pageQuery, type Query, totalQuery } from './question.ts'
import { realmHeaders } from './realm-filter.ts'

/** What the engine answers in JSONCompact. */
interface Answered {
  readonly data: readonly (readonly Cell[])[]
  readonly statistics: { readonly elapsed: number; readonly rows_read: number; readonly bytes_read: number }
}

export interface AskOptions {
  readonly report: ClickHouseClient
  /** Where the tables are; plain word. */
  readonly database: string
  /** How long one query may take. */
  readonly seconds: number
}

/** Answers questions as the report user, each within its realm by the row filter and by its text. */
export const createAsk = ({ report, database, seconds }: AskOptions) => {
  const run = async (realm: Realm, id: string, { sql, params }: Query, signal: AbortSignal): Promise<Answered> => {
    const answer = await report.query({
      query: sql,
      format: 'JSONCompact',
      query_params: { ...params },
      query_id: id,
      http_headers: realmHeaders(realm),
      abort_signal: signal,
      clickhouse_settings: {
        max_execution_time: seconds,
        do_not_merge_across_partitions_select_final: 1,
        output_format_json_quote_64bit_integers: 0,
        wait_end_of_query: 1,
        // As the report user's profile has them, where there is one.
        allow_get_client_http_header: 1,
        cancel_http_readonly_queries_on_client_close: 1,
      },
    })
    return JSON.parse(await answer.text()) as Answered
  }

  return async (realm: Realm, question: Question): Promise<Answer> => {
    const names = Object.keys(question.report.columns)
    const id = `${question.report.id}:${randomUUID()}`
    const own = new AbortController()
    const signal = question.signal ? AbortSignal.any([question.signal, own.signal]) : own.signal
    try {
      signal.throwIfAborted()
      const [page, total] = await Promise.all([
        run(realm, id, pageQuery(database, realm, question), signal),
        question.total ? run(realm, `${id}:total`, totalQuery(database, realm, question), signal) : undefined,
      ])
      const answers = total ? [page, total] : [page]
      let rows = page.data.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? null])))
      if (question.with?.length && rows.length) {
        const keys = rows.map(keyOf)
        const more = await run(realm, `${id}:with`, columnsQuery(database, realm, keys, question.with), signal)
        rows = joinColumns(rows, more.data, question.with)
        answers.push(more)
      }
      const counted = total?.data[0]?.[0]
      return { rows, ...(counted === undefined ? {} : { total: Number(counted) }), cost: costOf(answers) }
    } catch (error) {
      throw faultOf(error, `The report ${question.report.id}`, question.signal)
    } finally {
      // Whatever is still under way has no use any more.
      own.abort()
    }
  }
}

const keyOf = (row: Row): Cursor => ({ ts: Number(row.event_ts), id: String(row.event_id) })

/** Rows with columns of their events beside their own; an event that has gone meanwhile takes its row along. */
const joinColumns = (rows: readonly Row[], found: readonly (readonly Cell[])[], names: readonly string[]): Row[] => {
  const byKey = new Map(found.map(([ts, id, ...cells]) => [`${ts}/${id}`, cells]))
  return rows.flatMap((row) => {
    const { ts, id } = keyOf(row)
    const cells = byKey.get(`${ts}/${id}`)
    return cells ? [{ ...row, ...Object.fromEntries(names.map((name, at) => [name, cells[at] ?? null])) }] : []
  })
}

const costOf = (answers: readonly Answered[]): Answer['cost'] => ({
  rows: answers.reduce((sum, { statistics }) => sum + statistics.rows_read, 0),
  bytes: answers.reduce((sum, { statistics }) => sum + statistics.bytes_read, 0),
  ms: Math.max(...answers.map(({ statistics }) => statistics.elapsed * 1_000)),
})
