import { type ClickHouseClient, createClient } from '@clickhouse/client'
import { startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'

/** What the store holds of a realm, and where its rollups differ from a plain count of its events. */
export interface Verdict {
  /** Ids of stored events, as often as they stand there. */
  readonly ids: readonly string[]
  readonly differences: Readonly<Record<string, number>>
}

const loggedIn = "(action = 'login' AND outcome = 'success')"
const letIn = "(action = 'login.redirect' AND outcome != 'failure')"
const wasThere = "(action IN ('login.redirect', 'factor.verified') AND outcome != 'failure')"

const made = "(action IN ('user.onboarded', 'registration.created'))"

const periods: Readonly<Record<string, string>> = {
  quarter: 'toInt32(floor(toUnixTimestamp64Milli(event_ts) / 900000))',
  day: 'toInt32(floor(local_hour / 24))',
  month: "dateDiff('month', toDate32('1970-01-01'), addDays(toDate32('1970-01-01'), toInt32(floor(local_hour / 24))))",
}

const counted = (subject: string, unit: string, name: string, n: string, where: string): string =>
  `SELECT '${subject}' AS subject, '${unit}' AS unit, toString(${name}) AS name, toInt32(${periods[unit]}) AS period, ${n} AS n
   FROM events WHERE ${where} GROUP BY name, period`

/** A rollup against the plain aggregation of the events: rows of either side that the other has not. */
const compared = {
  rollups: {
    plain: `SELECT subject, unit, name, period, toUInt64(n) AS n FROM (${[
      ...['day', 'quarter'].flatMap((unit) => [
        counted('method', unit, 'auth_method', 'count()', loggedIn),
        counted('failure', unit, 'reason', 'count()', "action = 'login' AND outcome = 'failure'"),
        counted('redirect', unit, 'application', 'count()', letIn),
      ]),
      ...['day', 'month'].flatMap((unit) => [
        counted('login', unit, 'auth_module', 'uniqExact(user_id)', `${loggedIn} AND user_id != ''`),
        counted('presence', unit, "''", 'uniqExact(user_id)', `${wasThere} AND user_id != ''`),
        counted(
          'application',
          unit,
          'application',
          'uniqExact(user_id)',
          `(${loggedIn} OR ${wasThere}) AND user_id != '' AND application != ''`,
        ),
      ]),
    ].join(' UNION ALL ')}) WHERE n > 0`,
    rolled: `SELECT subject, unit, name, period, sum(events) + uniqExactMerge(members) AS n FROM rollups
             WHERE subject IN ('method', 'failure', 'redirect', 'login', 'presence', 'application')
             GROUP BY ALL HAVING n > 0`,
  },
  first_times: {
    plain: `SELECT * FROM (SELECT 'device' AS subject, '' AS name, toUInt64(0) AS user, sipHash64(device_id) AS key, min(event_ts) AS first FROM events
            WHERE device_id != '' GROUP BY ALL
            UNION ALL SELECT 'login', application, sipHash64(user_id), if(session_id = '', sipHash64('event', event_id), sipHash64('session', session_id)) AS key, min(event_ts)
            FROM events WHERE application != '' AND (${loggedIn} OR ${letIn}) GROUP BY ALL
            UNION ALL SELECT 'login', '', sipHash64(user_id), if(session_id = '', sipHash64('event', event_id), sipHash64('session', session_id)) AS key, min(event_ts)
            FROM events WHERE ${loggedIn} GROUP BY ALL)`,
    rolled: `SELECT subject, name, user, key, min(first) AS first FROM first_times GROUP BY ALL`,
  },
  registrations: {
    plain: `SELECT * FROM (SELECT toString(application) AS application, user_id, maxIf((event_ts, event_id), ${made}) AS made,
              maxIf((event_ts, event_id), action = 'registration.deleted') AS withdrawn
            FROM events WHERE user_id != '' AND application != '' AND outcome != 'failure' AND (${made} OR action = 'registration.deleted') GROUP BY ALL
            UNION ALL SELECT '', user_id, maxIf((event_ts, event_id), action != 'user.deleted'), maxIf((event_ts, event_id), action = 'user.deleted')
            FROM events WHERE user_id != '' AND outcome != 'failure' AND (${made} OR action IN ('user.created', 'user.deleted')) GROUP BY ALL)`,
    rolled: `SELECT toString(application) AS application, user_id, max(made) AS latest_made, max(withdrawn) AS latest_withdrawn FROM registrations GROUP BY ALL`,
  },
  people: {
    plain: `SELECT user_id, device_id, person_id, application, action, outcome, event_name, min(event_ts) AS first, max((event_ts, event_id)) AS last FROM events GROUP BY ALL`,
    rolled: `SELECT user_id, device_id, person_id, application, action, outcome, event_name, min(first_ts) AS first, max(latest) AS last FROM people GROUP BY ALL`,
  },
} as const

type Rows = <T>(query: string) => Promise<T[]>

const asking =
  (client: ClickHouseClient): Rows =>
  async <T>(query: string) =>
    await (await client.query({ query, format: 'JSONEachRow' })).json<T>()

/**
 * How many rows of each rollup and of a plain count of the events differ, over the whole store, which then holds one
 * realm only, or for one tenant.
 */
export const rollupDifferences = async (client: ClickHouseClient, tenant?: string): Promise<Verdict['differences']> => {
  const within = (sql: string): string =>
    tenant === undefined
      ? sql
      : sql.replaceAll(/\bFROM ([a-z_]+)\b/g, `FROM (SELECT * FROM $1 WHERE tenant_id = '${tenant}')`)
  const rows = asking(client)
  const differences: Record<string, number> = {}
  for (const [name, sql] of Object.entries(compared)) {
    const [plain, rolled] = [within(sql.plain), within(sql.rolled)]
    const [count] = await rows<{ n: string }>(
      `SELECT (SELECT count() FROM (${plain} EXCEPT ${rolled})) + (SELECT count() FROM (${rolled} EXCEPT ${plain})) AS n`,
    )
    differences[name] = Number(count?.n ?? Number.NaN)
  }
  return differences
}

/** What there is to find when no rollup differs. */
export const noDifferences = { rollups: 0, first_times: 0, people: 0, registrations: 0 }

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
