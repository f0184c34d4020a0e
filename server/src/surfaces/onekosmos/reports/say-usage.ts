import { and, anyOf, column, equals } from '../../../core/filter.ts'
import type { Row } from '../../../core/table.ts'
import { sayEvent, voiceColumns, withMembers } from '../voice.ts'
import type { Found } from './query-route.ts'

export interface UsageRow {
  /** The action whose events the row sums up. */
  readonly action: string
  /** The columns that the row is about. */
  readonly by: readonly ('user_id' | 'application')[]
  readonly wire: (row: Row) => Row
}

/** Events of one millisecond and one user that the latest one is chosen from. */
const TIES = 1_000

const keyOf = (row: Row, by: UsageRow['by'], time: Row[string] | undefined): string =>
  JSON.stringify([time, ...by.map((name) => row[name])])

/** The latest event of each row, found by its time and the row's columns: read for the rows of a page, never for all. */
const latestEvents = async ({ rows, realm, ask }: Found, { action, by }: UsageRow): Promise<Map<string, string>> => {
  const times = rows.map((row) => Number(row.latest_login))
  const found = await ask('event-search', {
    window: { from: Math.min(...times), to: Math.max(...times) },
    filter: and(
      equals(column('action'), action),
      anyOf(column('event_ts'), times),
      ...by.map((name) =>
        anyOf(
          column(name),
          rows.map((row) => row[name] ?? ''),
        ),
      ),
    ),
    order: ['event_ts', 'event_id'],
    page: { skip: 0, size: TIES },
    total: false,
    with: voiceColumns,
  })
  // Of several at one time the one with the greatest id is the latest, as everywhere: it comes last and stays.
  return new Map(found.rows.map((row) => [keyOf(row, by, row.event_ts), sayEvent(realm, row)]))
}

/**
 * Aggregated rows as JSON text; where the profile says so, each with the fields of its latest event around it. The
 * row's own fields win over the event's.
 */
export const sayUsage = async (found: Found, usage: UsageRow): Promise<string> => {
  const { rows, profile } = found
  if (profile.usageRow === 'aggregate' || rows.length === 0) return JSON.stringify(rows.map(usage.wire))
  const events = await latestEvents(found, usage)
  const texts = rows.map((row) => {
    const text = events.get(keyOf(row, usage.by, row.latest_login)) ?? '{}'
    return withMembers(text, usage.wire(row))
  })
  return `[${texts.join(',')}]`
}
