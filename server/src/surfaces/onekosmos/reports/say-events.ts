import { and, anyOf, column } from '../../../core/filter.ts'
import { sayEvent, voiceColumns } from '../voice.ts'
import type { Found, QueryRoute } from './query-route.ts'

/** Listed events as JSON text, each as it was sent. */
export const sayEvents = ({ rows, realm }: Pick<Found, 'rows' | 'realm'>): string =>
  `[${rows.map((row) => sayEvent(realm, row)).join(',')}]`

/** A route whose rows are events, answered as they are. */
export const listing: Pick<QueryRoute, 'with' | 'data' | 'file'> = {
  with: voiceColumns,
  data: sayEvents,
  file: { voice: 'onekosmos' },
}

/** The key of an event: its time in epoch milliseconds, and its id. */
export interface EventKey {
  readonly ts: number
  readonly id: string
}

const keyText = (ts: unknown, id: unknown): string => `${ts}/${id}`

/** Events by their keys, at most a page of them, as JSON text; what retention dropped is left out. */
export const fetchEvents = async (
  { ask, realm }: Pick<Found, 'ask' | 'realm'>,
  keys: readonly EventKey[],
): Promise<readonly string[]> => {
  if (keys.length === 0) return []
  const times = keys.map(({ ts }) => ts)
  const { rows } = await ask('event-search', {
    window: { from: Math.min(...times), to: Math.max(...times) },
    filter: and(
      anyOf(column('event_ts'), times),
      anyOf(
        column('event_id'),
        keys.map(({ id }) => id),
      ),
    ),
    // Two events may share an id, or a time; never more of them than this.
    page: { skip: 0, size: keys.length * 2 },
    total: false,
    with: voiceColumns,
  })
  const texts = new Map(rows.map((row) => [keyText(row.event_ts, row.event_id), sayEvent(realm, row)]))
  return keys.map(({ ts, id }) => texts.get(keyText(ts, id))).filter((text) => text !== undefined)
}
