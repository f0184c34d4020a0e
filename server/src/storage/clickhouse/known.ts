import type { ClickHouseClient } from '@clickhouse/client'
import type { Cursor } from '../../core/page.ts'
import type { Realm } from '../../core/realm.ts'
import { createBindings } from './bindings.ts'
import { keysIn, ofRealm } from './question.ts'

const KEYS_AT_ONCE = 10_000

/** Which of these keys are stored already, as `${ts}/${id}`. */
export const findKnown = async (
  app: ClickHouseClient,
  realm: Realm,
  keys: readonly Cursor[],
): Promise<ReadonlySet<string>> => {
  const known = new Set<string>()
  for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
    const bindings = createBindings()
    const some = keysIn(keys.slice(from, from + KEYS_AT_ONCE), bindings)
    const answer = await app.query({
      query: `SELECT toUnixTimestamp64Milli(event_ts) AS ts, event_id AS id FROM events
WHERE ${ofRealm(realm, bindings)} AND (event_ts, event_id) IN (${some})`,
      query_params: bindings.params,
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    })
    for (const { ts, id } of await answer.json<Cursor>()) known.add(`${ts}/${id}`)
  }
  return known
}
