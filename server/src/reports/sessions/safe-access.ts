import { report } from '../../core/report.ts'
import { count, instant, seconds, text } from '../../core/table.ts'

/** Safes, and the servers that were reached through them (Fudo Enterprise, predefined report 7). */
export const safeAccess = report({
  id: 'safe-access',
  title: 'Safe access report',
  about: 'Which safes were opened, and which servers were reached through them.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    safe_id: text('Safe id', { namedBy: 'safe' }),
    safe: text('Safe'),
    server_id: text('Server id', { namedBy: 'server' }),
    server: text('Server'),
    users: count('Users'),
    sessions: count('Sessions'),
    seconds: seconds('Time in all'),
    first_session: instant('First session'),
    last_session: instant('Last session'),
  },
  order: ['-sessions', 'safe_id', 'server_id'],
  sql: `
    SELECT safe_id, any(safe) AS safe, server_id, any(server) AS server, uniqExact(user_id) AS users,
           count() AS sessions, sum(ifNull(duration, 0)) AS seconds,
           min(created_at) AS first_session, max(created_at) AS last_session
    FROM privileged_sessions
    WHERE safe_id != ''
    GROUP BY safe_id, server_id`,
  chart: { kind: 'bars', x: 'safe', y: 'sessions' },
})
