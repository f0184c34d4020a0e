import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'
import { happenedIn, happenedInSql } from '../session-columns.ts'

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
    ...happenedIn,
  },
  order: ['sharer_id', '-shared_at', 'event_id'],
  sql: `
    SELECT happening.4 AS sharer_id, happening.1 AS shared_at, happening.5 AS shared_with, ${happenedInSql}
    FROM privileged_sessions
    ARRAY JOIN happenings AS happening
    WHERE happening.3 = 'session.shared'`,
})
