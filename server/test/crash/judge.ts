import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'

/** What the store holds of a realm, and where its rollups differ from a plain count of its events. */
export interface Verdict {
  /** Ids of stored events, as often as they stand there. */
  readonly ids: readonly string[]
  readonly differences: Readonly<Record<string, number>>
}

/** A rollup against the plain aggregation of the events: rows of either side that the other has not. */
const compared = {
  activity: {
    plain: `SELECT fromUnixTimestamp64Milli(toUnixTimestamp64Milli(event_ts) - positiveModulo(toUnixTimestamp64Milli(event_ts), 900000), 'UTC') AS quarter,
              local_hour, event_name, action, outcome, application, count() AS n FROM events GROUP BY ALL`,
    rolled: `SELECT quarter, local_hour, event_name, action, outcome, application, sum(events) AS n FROM activity GROUP BY ALL`,
  },
  presence: {
    plain: `SELECT addDays(toDate32('1970-01-01'), intDiv(local_hour, 24)) AS day, action, application, uniqExact(user_id) AS n FROM events
            WHERE user_id != '' AND (action IN ('login.redirect', 'factor.verified') OR (action = 'login' AND outcome = 'success')) GROUP BY ALL`,
    rolled: `SELECT day, action, application, uniqExactMerge(users) AS n FROM presence GROUP BY ALL`,
  },
  people: {
    plain: `SELECT user_id, device_id, person_id, application, action, outcome, event_name, min(event_ts) AS first, max((event_ts, event_id)) AS last FROM events GROUP BY ALL`,
    rolled: `SELECT user_id, device_id, person_id, application, action, outcome, event_name, min(first_ts) AS first, max(latest) AS last FROM people GROUP BY ALL`,
  },
  sessions: {
    plain: `SELECT session_id, action, outcome, min(event_ts) AS first, max((event_ts, event_id)) AS last, count() AS n FROM events GROUP BY ALL`,
    rolled: `SELECT session_id, action, outcome, min(first_ts) AS first, max(latest) AS last, sum(events) AS n FROM sessions GROUP BY ALL`,
  },
} as const

type Rows = <T>(query: string) => Promise<T[]>

const asking =
  (client: ClickHouseClient): Rows =>
  async <T>(query: string) =>
    await (await client.query({ query, format: 'JSONEachRow' })).json<T>()

/** How many rows of each rollup and of a plain count of the events differ, over all realms. */
export const rollupDifferences = async (client: ClickHouseClient): Promise<Verdict['differences']> => {
  const rows = asking(client)
  const differences: Record<string, number> = {}
  for (const [name, { plain, rolled }] of Object.entries(compared)) {
    const [count] = await rows<{ n: string }>(
      `SELECT (SELECT count() FROM (${plain} EXCEPT ${rolled})) + (SELECT count() FROM (${rolled} EXCEPT ${plain})) AS n`,
    )
    differences[name] = Number(count?.n ?? Number.NaN)
  }
  return differences
}

/** What there is to find when no rollup differs. */
export const noDifferences = { activity: 0, presence: 0, people: 0, sessions: 0 }

/** Opens the engine of a server that has stopped, and compares what it holds. The folder holds one realm's events only. */
export const judge = async (engineFolder: string): Promise<Verdict> => {
  await using engine = await startEngine({ folder: engineFolder, readableTables: [], log: () => undefined })
  const { url, username, password, headers } = engine.app
  await using stack = new AsyncDisposableStack()
  const client = createClient({ url, username, password, http_headers: headers, database: 'rollcall' })
  stack.defer(() => client.close())
  const ids = await asking(client)<{ id: string }>('SELECT event_id AS id FROM events')
  return { ids: ids.map((row) => row.id), differences: await rollupDifferences(client) }
}
