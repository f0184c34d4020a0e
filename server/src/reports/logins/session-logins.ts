import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** The login that began each session: its latest, since some senders tell one login twice. */
export const sessionLogins = report({
  id: 'session-logins',
  title: 'Logins of sessions',
  about: 'The successful login of each session: who, when, by which method.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    session_id: text('Session'),
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    user_id: text('User', { opens: 'person' }),
    application: text('Application'),
    auth_method: text('Method'),
    ip: text('Address'),
  },
  order: ['session_id'],
  lists: 'events',
  sql: `
    SELECT session_id, event_ts, event_id, user_id, application, auth_method, ip
    FROM events
    WHERE action = 'login' AND outcome = 'success' AND session_id != ''
    ORDER BY event_ts DESC, event_id DESC
    LIMIT 1 BY session_id`,
})
