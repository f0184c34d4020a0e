import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { dialOf } from '../../core/cut.ts'
import type { Realm } from '../../core/realm.ts'
import type { Recount } from '../../ports/events.ts'
import { type Bindings, createBindings } from './bindings.ts'
import { ofRealm } from './question.ts'

/** The view's own question, so that what is counted anew is counted as what arrives. */
const countingSql = async (): Promise<string> => {
  const text = await readFile(join(import.meta.dirname, 'ddl/011-rollups.sql'), 'utf8')
  const select = /TO rollups AS\n([\s\S]*)$/.exec(text)?.[1]
  if (!select?.includes('\n  FROM events\n'))
    throw new Error('The view of the rollups does not read events as expected')
  return select
}

interface Stored {
  readonly month: number
  readonly first: number
}

/** One block of what a statement answers, whatever its size: a replay under the same token changes nothing. */
const oneBlock = (token: string) => ({
  insert_deduplication_token: token,
  max_threads: 1,
  max_insert_threads: '1',
  min_insert_block_size_rows: '100000000',
  min_insert_block_size_bytes: '0',
  max_execution_time: 0,
})

/** The hour on the new dial, as SQL over `event_ts`. */
const hourSql = (dial: ReturnType<typeof dialOf>, bindings: Bindings): string => {
  const at = 'toUnixTimestamp64Milli(event_ts)'
  const changes = bindings.bind(dial.changes, 'Array(Int64)')
  const shifts = bindings.bind(dial.shifts, 'Array(Int64)')
  return `toInt32(floor((${at} + ${bindings.bind(dial.offset, 'Int64')} + arraySum(arrayMap((change, shift) -> if(${at} >= change, shift, 0), ${changes}, ${shifts}))) / 3600000))`
}

const storedMonths = async (app: ClickHouseClient, realm: Realm, clock: number): Promise<readonly Stored[]> => {
  const bindings = createBindings()
  const answer = await app.query({
    query: `SELECT toYYYYMM(event_ts) AS month, toUnixTimestamp64Milli(min(event_ts)) AS first FROM events
WHERE ${ofRealm(realm, bindings)} AND clock < ${bindings.bind(clock, 'UInt16')} GROUP BY month ORDER BY month`,
    query_params: bindings.params,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  })
  return await answer.json<Stored>()
}

const tokenOf = (realm: Realm, clock: number, part: string | number): string =>
  JSON.stringify(['recount', realm.tenantId, realm.communityId, clock, part])

/** Days and months of which no event is stored any more stay as they were counted, under the new clock. */
const carryOver = async (app: ClickHouseClient, realm: Realm, { clock, counted }: Recount): Promise<void> => {
  const bindings = createBindings()
  const mine = ofRealm(realm, bindings)
  const [from, to] = [bindings.bind(counted, 'UInt16'), bindings.bind(clock, 'UInt16')]
  const first = `(SELECT if(count() = 0, 2147483647, toInt32(floor(min(local_hour) / 24))) FROM events WHERE ${mine} AND clock = ${from})`
  await app.command({
    query: `INSERT INTO rollups SELECT tenant_id, community_id, subject, unit, ${to}, name, period, events, members FROM rollups
WHERE ${mine} AND clock = ${from}
  AND if(unit = 'day', period < ${first}, addMonths(toDate32('1970-01-01'), period) < toStartOfMonth(addDays(toDate32('1970-01-01'), least(${first}, 100000))))`,
    query_params: bindings.params,
    clickhouse_settings: oneBlock(tokenOf(realm, clock, 'kept')),
  })
}

/**
 * Counts days and months of a realm anew, under the clock of its new zone. Every statement may run twice. Call it when
 * no event of an older clock can arrive any more.
 */
export const recount = async (app: ClickHouseClient, realm: Realm, change: Recount): Promise<void> => {
  const { clock, zone, now } = change
  const counting = await countingSql()
  await carryOver(app, realm, change)
  for (const { month, first } of await storedMonths(app, realm, clock)) {
    const bindings = createBindings()
    const hour = hourSql(dialOf({ from: first, to: now }, zone, now), bindings)
    const [stamp, of] = [bindings.bind(clock, 'UInt16'), bindings.bind(month, 'UInt32')]
    const events = `(SELECT * REPLACE (${hour} AS local_hour, ${stamp} AS clock) FROM events FINAL
    WHERE ${ofRealm(realm, bindings)} AND toYYYYMM(event_ts) = ${of} AND events.clock < ${stamp})`
    const select = counting.replace('\n  FROM events\n', () => `\n  FROM ${events}\n`)
    await app.command({
      query: `INSERT INTO rollups (tenant_id, community_id, subject, unit, clock, name, period, events, members)
SELECT tenant_id, community_id, subject, unit, clock, name, period, events, members FROM (${select}) WHERE unit IN ('day', 'month')`,
      query_params: bindings.params,
      clickhouse_settings: oneBlock(tokenOf(realm, clock, month)),
    })
  }
}

/** Stamps the realm's stored events with the hours of its new clock, and forgets what older clocks counted. */
export const restamp = async (app: ClickHouseClient, realm: Realm, { clock, zone, now }: Recount): Promise<void> => {
  const [oldest] = await storedMonths(app, realm, clock)
  const settings = { mutations_sync: '1', max_execution_time: 0 } as const
  if (oldest) {
    const bindings = createBindings()
    const hour = hourSql(dialOf({ from: oldest.first, to: now }, zone, now), bindings)
    const to = bindings.bind(clock, 'UInt16')
    await app.command({
      query: `ALTER TABLE events UPDATE local_hour = ${hour}, clock = ${to} WHERE ${ofRealm(realm, bindings)} AND clock < ${to}`,
      query_params: bindings.params,
      clickhouse_settings: settings,
    })
  }
  const bindings = createBindings()
  await app.command({
    query: `ALTER TABLE rollups DELETE WHERE ${ofRealm(realm, bindings)} AND clock > 0 AND clock < ${bindings.bind(clock, 'UInt16')}`,
    query_params: bindings.params,
    clickhouse_settings: settings,
  })
}
