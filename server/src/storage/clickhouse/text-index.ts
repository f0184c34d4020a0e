import type { ClickHouseClient } from '@clickhouse/client'
import { endedMonths } from './expire.ts'

/** The index on `words`: which rows hold three letters in a row. */
export const textIndex = 'by_words'

/**
 * Adds the text index or takes it away. Neither inserts nor merges build it: an event is merged several times, and each
 * time would cost the engine as much as the event's insert did. It is built once for a month that has ended; other
 * months are read without it.
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

/**
 * Orders the text index of months that ended before an instant and changed since it was built, and notes those that are
 * built; answers the months that were ordered, as `YYYYMM`. The engine builds by itself, and one order at a time.
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
  for (const { month, changed } of endedMonths(months, before)) {
    const known = noted.get(month)
    if (known === changed) continue
    if (known === 0) await note(month, changed)
    else if (ordered.length === 0) {
      await app.command({ query: `ALTER TABLE events MATERIALIZE INDEX ${textIndex} IN PARTITION ${Number(month)}` })
      await note(month, 0)
      ordered.push(month)
    }
  }
  return ordered
}
