import { type EventColumn, foundColumns, type StoredEvent } from '../../core/event.ts'

/** One event as the line of JSON that the store takes, but for its number. Columns without a value are left out. */
export const encodeRow = (event: StoredEvent): string => {
  const row: Partial<Record<EventColumn | 'clock', string | number>> = {
    tenant_id: event.realm.tenantId,
    community_id: event.realm.communityId,
    event_id: event.event_id,
    dialect: event.dialect,
    event_name: event.event_name,
    action: event.action,
    outcome: event.outcome,
    category: event.category,
    kind: event.kind,
    event_ts: event.event_ts,
    received_ts: event.received_ts,
    local_hour: event.local_hour,
  }
  if (event.clock > 1) row.clock = event.clock
  for (const column of foundColumns) if (event[column] !== '') row[column] = event[column]
  row.raw = event.raw
  return JSON.stringify(row)
}

/** Puts an event's number into its row. */
export const numberRow = (seq: number, row: string): string => `{"seq":${seq},${row.slice(1)}`
