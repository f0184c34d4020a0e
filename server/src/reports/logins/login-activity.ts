import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** Every time somebody was let in to an application (1Kosmos Reports v2.1, `login_activity_report`). */
export const loginActivity = report({
  id: 'login-activity',
  title: 'Login activity',
  about: 'Every time somebody was let in to an application: who, where, by which method.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    user_id: text('User', { opens: 'person' }),
    application: text('Application'),
    auth_method: text('Method'),
    session_id: text('Session'),
    ip: text('Address'),
  },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  sql: `
    SELECT event_ts, event_id, user_id, application, auth_method, session_id, ip
    FROM events
    WHERE action = 'login.redirect'`,
})
