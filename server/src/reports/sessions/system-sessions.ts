import { report } from '../../core/report.ts'
import { flag, instant, seconds, text } from '../../core/table.ts'
import { account, listener, safe, server, sessionFigures } from '../session-columns.ts'

/** Every privileged session with all that is known of it (Fudo Enterprise, predefined report 5). */
export const systemSessions = report({
  id: 'system-sessions',
  title: 'System report',
  about: 'Every privileged session with all that is known of it.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    id: text('Session'),
    created_at: instant('Started'),
    finished_at: instant('Finished').orNull(),
    duration: seconds('Duration').orNull(),
    user_id: text('User', { opens: 'person' }),
    ...server,
    ...account,
    ...safe,
    ...listener,
    protocol: text('Protocol'),
    subprotocol: text('Subprotocol'),
    status: text('Status'),
    approved_by: text('Approved by'),
    reason: text('Reason'),
    shared: flag('Shared'),
    retention_locked: flag('Retention lock'),
  },
  order: ['-created_at', 'id'],
  sql: `
    SELECT id, created_at, finished_at, duration, user_id, server_id, server, account_id, account, safe_id,
           safe, listener_id, listener, protocol, subprotocol, status, approved_by, reason, shared = 1 AS shared, retention_locked = 1 AS retention_locked
    FROM privileged_sessions`,
  figures: sessionFigures,
})
