import type { Cursor } from '../../core/page.ts'
import type { Bindings } from './bindings.ts'

/** Characters of ids in one query: in UTF-8 and escaped, they stay below what the engine takes in one field. */
const ID_CHARS = 20_000
const KEYS = 2_000

/** Keys in batches, each small enough to be bound to one query. */
export function* keyBatches(keys: readonly Cursor[]): Generator<readonly Cursor[]> {
  let from = 0
  let chars = 0
  for (const [at, { id }] of keys.entries()) {
    if (at > from && (chars + id.length > ID_CHARS || at - from >= KEYS)) {
      yield keys.slice(from, at)
      from = at
      chars = 0
    }
    chars += id.length
  }
  if (from < keys.length) yield keys.slice(from)
}

/** A set of keys as a subquery of times and ids. */
export const keysIn = (keys: readonly Cursor[], bindings: Bindings): string => {
  const times = keys.map(({ ts }) => ts)
  const ids = keys.map(({ id }) => id)
  return `SELECT fromUnixTimestamp64Milli(ts, 'UTC'), id
  FROM (SELECT ${bindings.bind(times, 'Array(Int64)')} AS ts, ${bindings.bind(ids, 'Array(String)')} AS id) ARRAY JOIN ts, id`
}
