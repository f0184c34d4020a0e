import type { ClickHouseClient } from '@clickhouse/client'
import type { Cursor } from '../../core/page.ts'
import type { Realm } from '../../core/realm.ts'
import { createBindings } from './bindings.ts'
import { keyBatches, keysIn } from './keys.ts'
import { ofRealm } from './question.ts'

/** Which of these keys are stored already, as `${ts}/${id}`. */
export const findKnown = async (
  app: ClickHouseClient,
  realm: Realm,
  keys: readonly Cursor[],
): Promise<ReadonlySet<string>> => {
  const known = new Set<string>()
  for (const batch of keyBatches(keys)) {
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
