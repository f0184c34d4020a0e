import type { ClickHouseClient } from '@clickhouse/client'
import type { Cursor } from '../../core/page.ts'
import type { Realm } from '../../core/realm.ts'
import type { Window } from '../../core/window.ts'
import { bindTime, createBindings } from './bindings.ts'
import { keyBatches, keysIn } from './keys.ts'
import { ofRealm } from './question.ts'

/** Which of these keys are stored already, as `${ts}/${id}`. */
export const findKnown = async (
  app: ClickHouseClient,
  realm: Realm,
  keys: readonly Cursor[],
): Promise<ReadonlySet<string>> => {
  const known = new Set<string>()
  const stored = await storedBetween(app, realm, keys)
  const possible = stored ? keys.filter(({ ts }) => ts >= stored.from && ts <= stored.to) : []
  for (const batch of keyBatches(possible)) {
    const bindings = createBindings()
    const answer = await app.query({
      query: `SELECT toUnixTimestamp64Milli(event_ts) AS ts, event_id AS id FROM events
WHERE ${ofRealm(realm, bindings)} AND (event_ts, event_id) IN (${keysIn(batch, bindings)})`,
      query_params: bindings.params,
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    })
    for (const { ts, id } of await answer.json<Cursor>()) known.add(`${ts}/${id}`)
  }
  return known
}

/** The earliest and the latest time that is stored within the times of some keys; an import mostly finds none. */
const storedBetween = async (
  app: ClickHouseClient,
  realm: Realm,
  keys: readonly Cursor[],
): Promise<Window | undefined> => {
  const times = keys.map(({ ts }) => ts)
  if (times.length === 0) return undefined
  const bindings = createBindings()
  const from = bindTime(
    bindings,
    times.reduce((least, ts) => Math.min(least, ts)),
  )
  const to = bindTime(
    bindings,
    times.reduce((most, ts) => Math.max(most, ts)),
  )
  const answer = await app.query({
    query: `SELECT toUnixTimestamp64Milli(min(event_ts)) AS "from", toUnixTimestamp64Milli(max(event_ts)) AS "to", count() AS rows
FROM events WHERE ${ofRealm(realm, bindings)} AND event_ts >= ${from} AND event_ts <= ${to}`,
    query_params: bindings.params,
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  })
  const [found] = await answer.json<Window & { rows: number }>()
  return found && found.rows > 0 ? found : undefined
}
