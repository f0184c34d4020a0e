import { report } from '../../core/report.ts'
import { count } from '../../core/table.ts'
import { access, accessSql, account, safe, server } from '../session-columns.ts'

/** Accounts, and the servers and safes that were reached with them (Fudo Enterprise, predefined report 6). */
export const accountAccess = report({
  id: 'account-access',
  title: 'Account access report',
  about: 'Which accounts were used, on which servers and out of which safes.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    ...account,
    ...server,
    ...safe,
    users: count('Users'),
    ...access,
  },
  order: ['-sessions', 'account_id', 'server_id', 'safe_id'],
  sql: `
    SELECT account_id, any(account) AS account, server_id, any(server) AS server, safe_id, any(safe) AS safe,
           uniqExact(user_id) AS users,
           ${accessSql}
    FROM privileged_sessions
    WHERE account_id != ''
    GROUP BY account_id, server_id, safe_id`,
  chart: { kind: 'bars', x: 'account', y: 'sessions' },
})
