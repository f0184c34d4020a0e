/** One event as the rival's table has it, in the order of `columns`. */
export type RivalRow = readonly [
  realmId: number,
  eventId: string,
  eventName: string,
  eventTs: Date,
  userId: string | null,
  personId: string | null,
  deviceId: string | null,
  sessionId: string | null,
  application: string | null,
  authMethod: string | null,
  category: string | null,
  kind: string,
  body: string,
]

export const columns = [
  ['realm_id', 'int'],
  ['event_id', 'text'],
  ['event_name', 'text'],
  ['event_ts', 'timestamptz'],
  ['user_id', 'text'],
  ['person_id', 'text'],
  ['device_id', 'text'],
  ['session_id', 'text'],
  ['application', 'text'],
  ['auth_method', 'text'],
  ['category', 'text'],
  ['kind', 'text'],
  ['body', 'jsonb'],
] as const

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Reads what the table wants out of a sent event. */
export const rowOf = (realmId: number, name: string, event: Readonly<Record<string, unknown>>): RivalRow => [
  realmId,
  text(event.event_id) ?? crypto.randomUUID(),
  name,
  new Date(typeof event.event_ts === 'number' ? event.event_ts : Date.now()),
  text(event.user_id),
  text(event.person_id),
  text(event.device_id),
  text(event.session_id),
  text(event.sp_name),
  text(event.auth_method),
  text(event.eventCategory),
  event.type === 'transaction' ? 'transaction' : 'event',
  JSON.stringify(event),
]
