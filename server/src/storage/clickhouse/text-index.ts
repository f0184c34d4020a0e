import type { ClickHouseClient } from '@clickhouse/client'
import { endedMonths } from './expire.ts'

/** The index on `words`: which rows hold three letters in a row. */
export const textIndex = 'by_words'

/**
 * Adds the text index or takes it away. Neither inserts nor merges build it: an event is merged several times, and each
 * time would cost the engine as much as the event's insert did. It is built for a month that has ended, and now and then
 * for what came into any other; the rest is read without it.
 */
export const keepTextIndex = async (app: ClickHouseClient, wanted: boolean): Promise<void> => {
  if (!wanted) return void (await app.command({ query: `ALTER TABLE events DROP INDEX IF EXISTS ${textIndex}` }))
  await app.command({
    query: `ALTER TABLE events ADD INDEX IF NOT EXISTS ${textIndex} words TYPE text(tokenizer = ngrams(3), posting_list_codec = 'bitpacking')`,
  })
  await app.command({
    query: `ALTER TABLE events MODIFY SETTING exclude_materialize_skip_indexes_on_merge = '${textIndex}'`,
  })
}

/** So many rows of a month that is not over are worth an index; more than the most came in too fast for one. */
const ENOUGH_ROWS = 100_000
const MOST_ROWS = 10_000_000

interface Month {
  readonly month: string
  readonly changed: number
}

const rowsOf = async (app: ClickHouseClient, query: string): Promise<Month[]> => {
  const answer = await app.query({
    query,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  })
  return await answer.json<Month>()
}

/** Rows of a month's parts that were written or merged after an instant, in seconds. */
const freshRows = async (app: ClickHouseClient, month: string, after: number): Promise<number> => {
  const [found] = await rowsOf(
    app,
    `SELECT '' AS month, sum(rows) AS changed FROM system.parts WHERE database = currentDatabase() AND table = 'events'
AND active AND partition = '${Number(month)}' AND modification_time > fromUnixTimestamp(${Math.trunc(after)})`,
  )
  return found?.changed ?? 0
}

/**
 * Orders the text index of months that changed since it was built, of one that had not ended at an instant only when
 * enough did; parts that have it already cost nothing. Notes those that are built; answers the months that were ordered, as `YYYYMM`. The engine builds by itself, and one order at a time.
 */
export const indexMonths = async (app: ClickHouseClient, before: number): Promise<readonly string[]> => {
  const busy = await rowsOf(
    app,
    `SELECT '' AS month, 0 AS changed FROM system.mutations WHERE database = currentDatabase() AND table = 'events' AND NOT is_done LIMIT 1`,
  )
  const wanted = await rowsOf(
    app,
    `SELECT '' AS month, 0 AS changed FROM system.data_skipping_indices WHERE database = currentDatabase() AND table = 'events' AND name = '${textIndex}'`,
  )
  if (busy.length > 0 || wanted.length === 0) return []
  const noted = new Map(
    (await rowsOf(app, 'SELECT month, toUnixTimestamp(changed) AS changed FROM text_indexed FINAL')).map((one) => [
      one.month,
      one.changed,
    ]),
  )
  const months = await rowsOf(
    app,
    `SELECT partition AS month, toUnixTimestamp(max(modification_time)) AS changed FROM system.parts
WHERE database = currentDatabase() AND table = 'events' AND active GROUP BY month ORDER BY month`,
  )
  const note = (month: string, changed: number) =>
    app.insert({ table: 'text_indexed', values: [{ month, changed }], format: 'JSONEachRow' })
  const ordered: string[] = []
  const ended = new Set(endedMonths(months, before).map(({ month }) => month))
  const isWorth = async (month: string, built: number): Promise<boolean> => {
    if (ended.has(month)) return true
    const rows = await freshRows(app, month, built)
    return rows >= ENOUGH_ROWS && rows <= MOST_ROWS
  }
  for (const { month, changed } of months.filter((one) => /^\d{6}$/.test(one.month))) {
    const known = noted.get(month)
    if (known === changed) continue
    if (known === 0) await note(month, changed)
    else if (ordered.length === 0 && (await isWorth(month, known ?? 0))) {
      await app.command({ query: `ALTER TABLE events MATERIALIZE INDEX ${textIndex} IN PARTITION ${Number(month)}` })
      await note(month, 0)
      ordered.push(month)
    }
  }
  return ordered
}
