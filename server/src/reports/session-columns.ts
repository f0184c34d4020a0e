import { count, instant, seconds, text } from '../core/table.ts'

/** Things that sessions name: an id for programs, and what the directory calls it for readers. */
export const server = { server_id: text('Server id', { namedBy: 'server' }), server: text('Server') }
export const account = { account_id: text('Account id', { namedBy: 'account' }), account: text('Account') }
export const safe = { safe_id: text('Safe id', { namedBy: 'safe' }), safe: text('Safe') }
export const listener = { listener_id: text('Listener id', { namedBy: 'listener' }), listener: text('Listener') }

/** How much sessions there were, and how long. */
export const access = {
  sessions: count('Sessions'),
  seconds: seconds('Time in all'),
  first_session: instant('First session'),
  last_session: instant('Last session'),
}

/** The columns of `access`, over sessions. */
export const accessSql = `count() AS sessions, sum(ifNull(duration, 0)) AS seconds,
           min(created_at) AS first_session, max(created_at) AS last_session`

/** The session that something happened in, and when it was. */
export const happenedIn = {
  session_id: text('Session'),
  user_id: text('Session of', { opens: 'person' }),
  ...server,
  ...account,
  protocol: text('Protocol'),
  created_at: instant('Session started'),
  finished_at: instant('Session finished').orNull(),
  event_id: text('Event', { opens: 'event' }),
}

/** The columns of `happenedIn`, of a session and one of its happenings. */
export const happenedInSql = `id AS session_id, user_id, server_id, server, account_id, account, protocol, created_at,
           finished_at, happening.2 AS event_id`

/** Figures of a list of sessions. */
export const sessionFigures = [
  { label: 'Users', column: 'user_id', is: 'distinct' },
  { label: 'Servers', column: 'server_id', is: 'distinct' },
  { label: 'Time in all', column: 'duration', is: 'sum' },
] as const
