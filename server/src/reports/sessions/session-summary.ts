import { report } from '../../core/report.ts'
import { instant, seconds, text } from '../../core/table.ts'
import { server, sessionFigures } from '../session-columns.ts'

/** The sessions of the period in short (Fudo Enterprise, predefined report 11). */
export const sessionSummary = report({
  id: 'session-summary',
  title: 'Session summary',
  about: 'The sessions of the period: who, where, how long, and how they ended.',
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
    protocol: text('Protocol'),
    status: text('Status'),
  },
  order: ['-created_at', 'id'],
  sql: `
    SELECT id, created_at, finished_at, duration, user_id, server_id, server, protocol, status
    FROM privileged_sessions`,
  figures: sessionFigures,
})
