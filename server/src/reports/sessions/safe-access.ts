import { report } from '../../core/report.ts'
import { count } from '../../core/table.ts'
import { access, accessSql, safe, server } from '../session-columns.ts'

/** Safes, and the servers that were reached through them (Fudo Enterprise, predefined report 7). */
export const safeAccess = report({
  id: 'safe-access',
  title: 'Safe access report',
  about: 'Which safes were opened, and which servers were reached through them.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    ...safe,
    ...server,
    users: count('Users'),
    ...access,
  },
  order: ['-sessions', 'safe_id', 'server_id'],
  sql: `
    SELECT safe_id, any(safe) AS safe, server_id, any(server) AS server, uniqExact(user_id) AS users,
           ${accessSql}
    FROM privileged_sessions
    WHERE safe_id != ''
    GROUP BY safe_id, server_id`,
  chart: { kind: 'bars', x: 'safe', y: 'sessions' },
})
