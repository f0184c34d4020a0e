import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** Sessions that were shared, by who shared them (Fudo Enterprise, predefined report 10). */
export const sessionSharing = report({
  id: 'session-sharing',
  title: 'Session sharing invites by user',
  about: 'Who shared which session, with whom, and when.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    sharer_id: text('Shared by', { opens: 'person' }),
    shared_at: instant('Shared'),
    shared_with: text('With'),
    session_id: text('Session'),
    user_id: text('Session of', { opens: 'person' }),
    server_id: text('Server id', { namedBy: 'server' }),
    server: text('Server'),
    account_id: text('Account id', { namedBy: 'account' }),
    account: text('Account'),
    protocol: text('Protocol'),
    created_at: instant('Session started'),
    finished_at: instant('Session finished').orNull(),
    event_id: text('Event', { opens: 'event' }),
  },
  order: ['sharer_id', '-shared_at', 'event_id'],
  sql: `
    SELECT happening.4 AS sharer_id, happening.1 AS shared_at, happening.5 AS shared_with, id AS session_id, user_id, server_id,
           server, account_id, account, protocol, created_at, finished_at, happening.2 AS event_id
    FROM privileged_sessions
    ARRAY JOIN happenings AS happening
    WHERE happening.3 = 'session.shared'`,
})
