import type { Issue } from './fault.ts'
import type { Realm } from './realm.ts'

/** The dialects in which events arrive. */
export type Dialect = 'native' | 'onekosmos' | 'passport' | 'fudo' | 'nevis' | 'scim'

/** The event's columns that a surface finds in what was sent; each is empty when the sender said nothing. */
export const foundColumns = [
  'actor_type',
  'actor_id',
  'user_id',
  'login_id',
  'person_id',
  'device_id',
  'session_id',
  'application',
  'auth_method',
  'auth_module',
  'reason',
  'object_type',
  'object_id',
  'ip',
] as const

export type FoundColumn = (typeof foundColumns)[number]

/** Every column of a stored event that a filter or an order may name. */
export const eventColumns = [
  'tenant_id',
  'community_id',
  'seq',
  'event_id',
  'dialect',
  'event_name',
  'action',
  'outcome',
  'category',
  'kind',
  'event_ts',
  'received_ts',
  'local_hour',
  ...foundColumns,
  'raw',
] as const

export type EventColumn = (typeof eventColumns)[number]

/** What a surface hands to ingest: one event of one sender, not yet classified, numbered or stamped. */
export interface EventDraft {
  readonly dialect: Dialect
  readonly event_name: string
  /** Only when the sender gave one; ours cannot repeat and are not looked up. */
  readonly event_id?: string
  /** Epoch milliseconds; now when the sender gave none. */
  readonly event_ts?: number
  readonly kind?: 'event' | 'transaction'
  /** Overrides the catalogue's category when the sender says it (an audit entry, for instance). */
  readonly category?: string
  readonly action?: string
  readonly outcome?: string
  readonly found: Partial<Record<FoundColumn, string>>
  /** The event as it was sent: JSON text of one object, never parsed and written again. */
  readonly raw: string
}

/** One event as it is stored, but for its number. Times are epoch milliseconds. */
export type StoredEvent = Record<FoundColumn, string> & {
  readonly realm: Realm
  readonly event_id: string
  readonly dialect: Dialect
  readonly event_name: string
  readonly action: string
  readonly outcome: string
  readonly category: string
  readonly kind: string
  readonly event_ts: number
  readonly received_ts: number
  /** Hours on the realm's wall clock since 1970. */
  readonly local_hour: number
  /** Which of the realm's clocks stamped it, from 1; the next one with every change of its time zone. */
  readonly clock: number
  readonly raw: string
}

/** What became of one event that was sent. */
export type Receipt =
  | { readonly outcome: 'accepted'; readonly event_id: string; readonly seq: number }
  | { readonly outcome: 'duplicate'; readonly event_id: string }
  | { readonly outcome: 'refused'; readonly issues: readonly Issue[] }
