import { randomUUID } from 'node:crypto'
import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client'
import { Fault } from '../../core/fault.ts'
import { type Filter, looksInside } from '../../core/filter.ts'
import type { Cursor } from '../../core/page.ts'
import type { Realm } from '../../core/realm.ts'
import type { Cell, Row } from '../../core/table.ts'
import type { Answer, Question } from '../../ports/events.ts'
import { faultOf } from './faults.ts'
import { keyBatches } from './keys.ts'
import { nearWindow } from './near-window.ts'
import { columnsQuery, pageQuery, type Query, totalQuery } from './question.ts'
import { realmHeaders } from './realm-filter.ts'
import { countingSettings, reportSettings } from './report-settings.ts'

/** What the engine answers in JSONCompact. */
interface Answered {
  readonly data: readonly (readonly Cell[])[]
  /** With a limit: how many rows there would be without it. */
  readonly rows_before_limit_at_least?: number
  readonly statistics: { readonly elapsed: number; readonly rows_read: number; readonly bytes_read: number }
}

/** What was found of a question: the rows of its page, and the number of all by itself or as the page's query told it. */
interface Found {
  readonly rows: readonly Row[]
  readonly costs: readonly Answered[]
  readonly counted?: Answered | undefined
  readonly total?: number | undefined
}

/** How long a text and how many values the engine takes, less some room. */
const QUERY_BYTES = 120_000
const QUERY_VALUES = 900

export interface AskOptions {
  readonly report: ClickHouseClient
  /** Where the tables are; plain word. */
  readonly database: string
  /** How long one query may take. */
  readonly seconds: number
}

/** Answers questions as the report user, each within its realm by the row filter and by its text. */
export const createAsk = ({ report, database, seconds }: AskOptions) => {
  const run = async (
    realm: Realm,
    id: string,
    { sql, params }: Query,
    signal: AbortSignal,
    settings: ClickHouseSettings = {},
  ): Promise<Answered> => {
    if (Buffer.byteLength(sql) > QUERY_BYTES || Object.keys(params).length > QUERY_VALUES)
      throw new Fault(
        'too-large',
        { what: 'the filter', limit: QUERY_BYTES, unit: 'bytes' },
        'The filter is too large; use fewer comparisons',
      )
    const answer = await report.query({
      query: sql,
      format: 'JSONCompact',
      query_params: { ...params },
      query_id: id,
      http_headers: realmHeaders(realm),
      abort_signal: signal,
      clickhouse_settings: { ...reportSettings(seconds), ...settings },
    })
    return JSON.parse(await answer.text()) as Answered
  }

  /** The rows of the page, and the number of all rows where the same query tells it for nothing. */
  const page = async (realm: Realm, question: Question, id: string, signal: AbortSignal, counts: boolean) => {
    const names = Object.keys(question.report.columns)
    const settings = counts ? countingSettings : {}
    const found = await run(realm, id, pageQuery(database, realm, question, counts), signal, settings)
    const rows = found.data.map((cells) => toRow(names, cells))
    const costs = [found]
    const wanted = question.with ?? []
    const byKey = new Map<string, Row>()
    if (wanted.length)
      for (const keys of keyBatches(rows.map(keyOf))) {
        const more = await run(realm, `${id}:with`, columnsQuery(database, realm, keys, wanted), signal)
        for (const [ts, event, ...cells] of more.data) byKey.set(`${ts}/${event}`, toRow(wanted, cells))
        costs.push(more)
      }
    return {
      rows: wanted.length ? joinColumns(rows, byKey) : rows,
      costs,
      total: counts ? found.rows_before_limit_at_least : undefined,
    }
  }

  /**
   * The page out of the near end of its window, where all events have to be looked into, with the number of all, which is
   * counted meanwhile. Undefined where that end does not fill the page.
   */
  const nearAnswer = async (realm: Realm, question: Question, id: string, signal: AbortSignal) => {
    const looking = question.total && !countsApart(question) && looksInside(question.filter)
    const window = looking ? nearWindow(question) : undefined
    if (!window) return undefined
    const counting = new AbortController()
    const either = AbortSignal.any([signal, counting.signal])
    const counted = run(realm, `${id}:total`, totalQuery(database, realm, question), either)
    // Whoever waits for it is told; it may be that nobody does.
    counted.catch(() => undefined)
    const { rows, costs } = await page(realm, { ...question, window }, `${id}:near`, signal, false)
    if (rows.length === question.page.size) return { rows, costs, counted: await counted }
    counting.abort()
    return undefined
  }

  const wholeAnswer = async (realm: Realm, question: Question, id: string, signal: AbortSignal) => {
    const apart = question.total && countsApart(question)
    // Written before anything is under way: what cannot be asked is refused with nothing left unwatched.
    const counting = apart ? totalQuery(database, realm, question) : undefined
    const [found, counted] = await Promise.all([
      page(realm, question, id, signal, question.total && !apart),
      counting ? run(realm, `${id}:total`, counting, signal) : undefined,
    ])
    return { ...found, counted }
  }

  return async (realm: Realm, question: Question): Promise<Answer> => {
    const id = `${question.report.id}:${randomUUID()}`
    const own = new AbortController()
    const signal = question.signal ? AbortSignal.any([question.signal, own.signal]) : own.signal
    try {
      signal.throwIfAborted()
      const { rows, costs, counted, total }: Found =
        (await nearAnswer(realm, question, id, signal)) ?? (await wholeAnswer(realm, question, id, signal))
      const all = counted ? Number(counted.data[0]?.[0]) : total
      return { rows, ...(all === undefined ? {} : { total: all }), cost: costOf(counted ? [...costs, counted] : costs) }
    } catch (error) {
      throw faultOf(error, `The report ${question.report.id}`, question.signal)
    } finally {
      // Whatever is still under way has no use any more.
      own.abort()
    }
  }
}

/** Columns of events with an index of their own. */
const indexed: ReadonlySet<string> = new Set(['event_id', 'user_id', 'person_id', 'device_id', 'session_id'])

/** Whether an index finds all that a filter can hold for, such as one user's events: few of all, and spread over them. */
const isFound = (filter: Filter): boolean => {
  if (filter.is === 'and') return filter.of.some(isFound)
  if (filter.is === 'or') return filter.of.length > 0 && filter.of.every(isFound)
  if (filter.is !== 'equals' && filter.is !== 'anyOf') return false
  return filter.field.at === 'column' && indexed.has(filter.field.column)
}

/**
 * Whether the rows of a page are better read without the others, which are then counted apart: a list's in its own order.
 * Where each event has to be looked into or looked for, that would be done twice; anything else has counted its rows when
 * it is sorted.
 */
const countsApart = ({ report, filter, page, after }: Question): boolean =>
  page.size === 0 || (report.lists !== undefined && (after !== undefined || !(looksInside(filter) || isFound(filter))))

const toRow = (names: readonly string[], cells: readonly Cell[]): Row =>
  Object.fromEntries(names.map((name, at) => [name, cells[at] ?? null]))

const keyOf = (row: Row): Cursor => ({ ts: Number(row.event_ts), id: String(row.event_id) })

/** Rows with columns of their events beside their own; an event that has gone meanwhile takes its row along. */
const joinColumns = (rows: readonly Row[], byKey: ReadonlyMap<string, Row>): Row[] =>
  rows.flatMap((row) => {
    const { ts, id } = keyOf(row)
    const more = byKey.get(`${ts}/${id}`)
    return more ? [{ ...row, ...more }] : []
  })

const costOf = (answers: readonly Answered[]): Answer['cost'] => ({
  rows: answers.reduce((sum, { statistics }) => sum + statistics.rows_read, 0),
  bytes: answers.reduce((sum, { statistics }) => sum + statistics.bytes_read, 0),
  ms: Math.max(...answers.map(({ statistics }) => statistics.elapsed * 1_000)),
})
