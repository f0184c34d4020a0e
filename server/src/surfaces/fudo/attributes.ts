/** Of what kind an attribute is, and where it stands. */
export interface Attribute {
  readonly column: string
  readonly kind: 'text' | 'time' | 'number' | 'flag'
  /** Compared without heed of case, as protocols are. */
  readonly caseless?: true
  /** Is never without a value. */
  readonly always?: true
}

export type Attributes = Readonly<Record<string, Attribute>>

const texts = (...names: string[]): Attributes =>
  Object.fromEntries(names.map((name) => [name, { column: name, kind: 'text' as const }]))
const time = (column: string): Attribute => ({ column, kind: 'time', always: true })
const flags = (...names: string[]): Attributes =>
  Object.fromEntries(names.map((name) => [name, { column: name, kind: 'flag' as const, always: true as const }]))

/** What a filter may ask of a privileged session. */
const session: Attributes = {
  ...texts('id', 'user_id', 'server_id', 'account_id', 'safe_id', 'listener_id', 'status', 'approved_by', 'reason'),
  ...texts('server', 'account', 'safe', 'listener'),
  protocol: { column: 'protocol', kind: 'text', caseless: true },
  subprotocol: { column: 'subprotocol', kind: 'text', caseless: true },
  created_at: time('created_at'),
  finished_at: { column: 'finished_at', kind: 'time' },
  duration: { column: 'duration', kind: 'number' },
  ...flags('retention_locked', 'active', 'terminated', 'shared'),
}

const others: Readonly<Record<string, Attributes>> = {
  user_activity: {
    ...texts('user_id', 'actor_id', 'action', 'event_name', 'object_type', 'object_id', 'outcome', 'ip'),
    created_at: time('event_ts'),
  },
  user_privilege: texts('user_id', 'object_type', 'object_id', 'object_name', 'through', 'through_id'),
  user: {
    ...texts('id', 'name', 'display', 'role', 'status', 'created_by'),
    created_at: time('created_at'),
    last_login: { column: 'last_login', kind: 'time' },
  },
}

/** What a filter of a definition's type may ask. */
export const attributesOf = (type: string): Attributes => others[type] ?? session

/** By what its rows can be ordered beside the columns of its report: other names for them. */
export const orderAliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  user_activity: { created_at: 'event_ts', user_id: 'by' },
}
