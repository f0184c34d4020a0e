import { inspectEvent, type Members } from '../../core/json-text.ts'
import type { Realm } from '../../core/realm.ts'
import type { Cell, Row } from '../../core/table.ts'

/** Columns of an event that its wire form needs beside `event_id` and `event_ts`, which every listing has. */
export const voiceColumns = ['event_name', 'raw'] as const

/** What is stored was inspected when it came in; reading it back refuses nothing. */
const unlimited = {
  bytes: Number.POSITIVE_INFINITY,
  depth: Number.POSITIVE_INFINITY,
  keys: Number.POSITIVE_INFINITY,
  nameLength: Number.POSITIVE_INFINITY,
}

/** Undefined for what is no event's text, which is then left alone. */
const membersOf = (text: string): Members | undefined => {
  const found = inspectEvent(text, unlimited)
  return found.ok ? found.members() : undefined
}

/** What stands in the text under a name counts as absent when it is null or the empty text. */
const isBlank = (token: string): boolean => token === 'null' || token === '""'

type Decide = (token: string) => boolean

/**
 * Puts members into the JSON text of an object, as text: in place of a sent value where `replace` says so, at its
 * end where none was sent. Every other byte stays as it came.
 */
const splice = (text: string, added: Iterable<readonly [name: string, json: string, replace: Decide]>): string => {
  const members = membersOf(text)
  if (!members) return text
  const changes: { readonly from: number; readonly to: number; readonly json: string }[] = []
  const tail: string[] = []
  for (const [name, json, replace] of added) {
    const place = members.get(name)
    if (!place) tail.push(`${JSON.stringify(name)}:${json}`)
    else if (replace(text.slice(...place))) changes.push({ from: place[0], to: place[1], json })
  }
  let out = ''
  let at = 0
  for (const { from, to, json } of changes.sort((a, b) => a.from - b.from)) {
    out += text.slice(at, from) + json
    at = to
  }
  out += text.slice(at).trimEnd()
  if (tail.length === 0) return out
  const comma = members.size > 0 ? ',' : ''
  return `${out.slice(0, -1).trimEnd()}${comma}${tail.join(',')}}`
}

/** `YYYY-MM-DD HH:mm:ss.SSS` in UTC, as the live service writes an event's `timestamp`. */
const timestampOf = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 23).replace('T', ' ')

/**
 * A stored event as JSON text: what was sent, unchanged and in its order, and behind it what the server knows where
 * its sender said nothing: event_id, event_ts (ms), timestamp, epoch_time (seconds), tenant_id, community_id,
 * eventName and event_name. Tenant, community and eventName are always those under which it was stored.
 */
export const sayEvent = (realm: Realm, row: Row): string => {
  const ts = Number(row.event_ts)
  const name = JSON.stringify(row.event_name ?? '')
  const tenant = JSON.stringify(realm.tenantId)
  const community = JSON.stringify(realm.communityId)
  const other =
    (json: string): Decide =>
    (token) =>
      token !== json
  return splice(String(row.raw ?? '{}'), [
    ['event_id', JSON.stringify(row.event_id ?? ''), isBlank],
    ['event_ts', String(ts), isBlank],
    ['timestamp', JSON.stringify(timestampOf(ts)), isBlank],
    ['epoch_time', String(Math.floor(ts / 1000)), isBlank],
    ['tenant_id', tenant, other(tenant)],
    ['community_id', community, other(community)],
    ['eventName', name, other(name)],
    ['event_name', name, isBlank],
  ])
}

/** An object's JSON text with members put into it; they replace sent ones of the same name, in their place. */
export const withMembers = (text: string, members: Readonly<Record<string, Cell>>): string =>
  splice(
    text,
    Object.entries(members).map(([name, value]) => [name, JSON.stringify(value), () => true]),
  )
