import { foundColumns, type StoredEvent } from '../../core/event.ts'

/** One event as the line of JSON that the store takes, but for its number. Columns without a value are left out. */
export const encodeRow = (event: StoredEvent): string => {
  let row =
    `{"tenant_id":${JSON.stringify(event.realm.tenantId)},"community_id":${JSON.stringify(event.realm.communityId)}` +
    `,"event_id":${JSON.stringify(event.event_id)},"dialect":"${event.dialect}"` +
    `,"event_name":${JSON.stringify(event.event_name)},"action":${JSON.stringify(event.action)}` +
    `,"outcome":${JSON.stringify(event.outcome)},"category":${JSON.stringify(event.category)}` +
    `,"kind":${JSON.stringify(event.kind)},"event_ts":${event.event_ts},"received_ts":${event.received_ts}` +
    `,"local_hour":${event.local_hour}`
  for (const column of foundColumns) {
    const value = event[column]
    if (value !== '') row += `,"${column}":${JSON.stringify(value)}`
  }
  return `${row},"raw":${JSON.stringify(event.raw)}}`
}

/** Puts an event's number into its row. */
export const numberRow = (seq: number, row: string): string => `{"seq":${seq},${row.slice(1)}`
