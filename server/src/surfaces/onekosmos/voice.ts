import type { Realm } from '../../core/realm.ts'
import { type Added, type Decide, isBlank, splice } from '../../core/splice.ts'
import type { Cell, Row } from '../../core/table.ts'

/** Columns of an event that its wire form needs beside `event_id` and `event_ts`, which every listing has. */
export const voiceColumns = ['event_name', 'raw'] as const

/** `YYYY-MM-DD HH:mm:ss.SSS` in UTC, as the live service writes an event's `timestamp`. */
const timestampOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 23).replace('T', ' ')

/**
 * What the server knows of a stored event where its sender said nothing: event_id, event_ts (ms), timestamp, epoch_time
 * (seconds), tenant_id, community_id, eventName and event_name. Tenant, community and eventName are always those under
 * which it was stored.
 */
export const addedToEvent = (realm: Realm, row: Row): readonly Added[] => {
  const ts = Number(row.event_ts)
  const name = JSON.stringify(row.event_name ?? '')
  const tenant = JSON.stringify(realm.tenantId)
  const community = JSON.stringify(realm.communityId)
  const other =
    (json: string): Decide =>
    (token) =>
      token !== json
  return [
    ['event_id', JSON.stringify(row.event_id ?? ''), isBlank],
    ['event_ts', String(ts), isBlank],
    ['timestamp', JSON.stringify(timestampOf(ts)), isBlank],
    ['epoch_time', String(Math.floor(ts / 1000)), isBlank],
    ['tenant_id', tenant, other(tenant)],
    ['community_id', community, other(community)],
    ['eventName', name, other(name)],
    ['event_name', name, isBlank],
  ]
}

/** A stored event as JSON text: what was sent, unchanged and in its order, and behind it what the server knows. */
export const sayEvent = (realm: Realm, row: Row): string => splice(String(row.raw ?? '{}'), addedToEvent(realm, row))

/** An object's JSON text with members put into it; they replace sent ones of the same name, in their place. */
export const withMembers = (text: string, members: Readonly<Record<string, Cell>>): string =>
  splice(
    text,
    Object.entries(members).map(([name, value]) => [name, JSON.stringify(value), () => true]),
  )
