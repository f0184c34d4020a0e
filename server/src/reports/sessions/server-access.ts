import { report } from '../../core/report.ts'
import { count, instant, seconds, text } from '../../core/table.ts'

/** Servers, with the safes and accounts that led to them (Fudo Enterprise, predefined report 8). */
export const serverAccess = report({
  id: 'server-access',
  title: 'Server access report',
  about: 'Which servers were reached, through which safes and with which accounts.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    server_id: text('Server id', { namedBy: 'server' }),
    server: text('Server'),
    safe_id: text('Safe id', { namedBy: 'safe' }),
    safe: text('Safe'),
    account_id: text('Account id', { namedBy: 'account' }),
    account: text('Account'),
    users: count('Users'),
    sessions: count('Sessions'),
    seconds: seconds('Time in all'),
    first_session: instant('First session'),
    last_session: instant('Last session'),
  },
  order: ['-sessions', 'server_id', 'safe_id', 'account_id'],
  sql: `
    SELECT server_id, any(server) AS server, safe_id, any(safe) AS safe, account_id, any(account) AS account,
           uniqExact(user_id) AS users,
           count() AS sessions, sum(ifNull(duration, 0)) AS seconds,
           min(created_at) AS first_session, max(created_at) AS last_session
    FROM privileged_sessions
    WHERE server_id != ''
    GROUP BY server_id, safe_id, account_id`,
  chart: { kind: 'bars', x: 'server', y: 'sessions' },
})
