import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'
import { happenedIn, happenedInSql } from '../session-columns.ts'

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
    ...happenedIn,
  },
  order: ['approver_id', '-approved_at', 'event_id'],
  sql: `
    SELECT happening.4 AS approver_id, happening.1 AS approved_at, reason, ${happenedInSql}
    FROM privileged_sessions
    ARRAY JOIN happenings AS happening
    WHERE happening.3 = 'session.approved'`,
})
