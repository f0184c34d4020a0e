import { report } from '../../core/report.ts'
import { count, instant, seconds, text } from '../../core/table.ts'

/** Accounts, and the servers and safes that were reached with them (Fudo Enterprise, predefined report 6). */
export const accountAccess = report({
  id: 'account-access',
  title: 'Account access report',
  about: 'Which accounts were used, on which servers and out of which safes.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    account_id: text('Account id', { namedBy: 'account' }),
    account: text('Account'),
    server_id: text('Server id', { namedBy: 'server' }),
    server: text('Server'),
    safe_id: text('Safe id', { namedBy: 'safe' }),
    safe: text('Safe'),
    users: count('Users'),
    sessions: count('Sessions'),
    seconds: seconds('Time in all'),
    first_session: instant('First session'),
    last_session: instant('Last session'),
  },
  order: ['-sessions', 'account_id', 'server_id', 'safe_id'],
  sql: `
    SELECT account_id, any(account) AS account, server_id, any(server) AS server, safe_id, any(safe) AS safe,
           uniqExact(user_id) AS users,
           count() AS sessions, sum(ifNull(duration, 0)) AS seconds,
           min(created_at) AS first_session, max(created_at) AS last_session
    FROM privileged_sessions
    WHERE account_id != ''
    GROUP BY account_id, server_id, safe_id`,
  chart: { kind: 'bars', x: 'account', y: 'sessions' },
})
