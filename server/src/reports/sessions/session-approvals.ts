import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** Sessions that a second pair of eyes approved, by who approved them (Fudo Enterprise, predefined report 9). */
export const sessionApprovals = report({
  id: 'session-approvals',
  title: 'Session approvals by user',
  about: 'Who approved which session, and when.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    approver_id: text('Approved by', { opens: 'person' }),
    approved_at: instant('Approved'),
    reason: text('Reason'),
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
  order: ['approver_id', '-approved_at', 'event_id'],
  sql: `
    SELECT happening.4 AS approver_id, happening.1 AS approved_at, reason, id AS session_id, user_id, server_id,
           server, account_id, account, protocol, created_at, finished_at, happening.2 AS event_id
    FROM privileged_sessions
    ARRAY JOIN happenings AS happening
    WHERE happening.3 = 'session.approved'`,
})
