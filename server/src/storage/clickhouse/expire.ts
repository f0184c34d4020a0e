import type { ClickHouseClient } from '@clickhouse/client'

/** The first millisecond after a month that is written `YYYYMM`. */
const endOfMonth = (month: string): number => Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)), 1)

/** Of some months those that are over before an instant. */
export const endedMonths = <M extends { readonly month: string }>(months: readonly M[], before: number): readonly M[] =>
  months.filter(({ month }) => /^\d{6}$/.test(month) && endOfMonth(month) <= before)

/** Drops the months of events that ended before an instant; answers them as `YYYYMM`. Rollups and states stay. */
export const expireMonths = async (app: ClickHouseClient, before: number): Promise<readonly string[]> => {
  const answer = await app.query({
    query: `SELECT DISTINCT partition AS month FROM system.parts
WHERE database = currentDatabase() AND table = 'events' AND active ORDER BY month`,
    format: 'JSONEachRow',
  })
  const ended = endedMonths(await answer.json<{ month: string }>(), before).map(({ month }) => month)
  for (const month of ended) await app.command({ query: `ALTER TABLE events DROP PARTITION ${Number(month)}` })
  return ended
}
