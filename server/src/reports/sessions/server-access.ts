import { report } from '../../core/report.ts'
import { count } from '../../core/table.ts'
import { access, accessSql, account, safe, server } from '../session-columns.ts'

/** Servers, with the safes and accounts that led to them (Fudo Enterprise, predefined report 8). */
export const serverAccess = report({
  id: 'server-access',
  title: 'Server access report',
  about: 'Which servers were reached, through which safes and with which accounts.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    ...server,
    ...safe,
    ...account,
    users: count('Users'),
    ...access,
  },
  order: ['-sessions', 'server_id', 'safe_id', 'account_id'],
  sql: `
    SELECT server_id, any(server) AS server, safe_id, any(safe) AS safe, account_id, any(account) AS account,
           uniqExact(user_id) AS users,
           ${accessSql}
    FROM privileged_sessions
    WHERE server_id != ''
    GROUP BY server_id, safe_id, account_id`,
  chart: { kind: 'bars', x: 'server', y: 'sessions' },
})
