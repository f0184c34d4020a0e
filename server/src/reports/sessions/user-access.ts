import { report } from '../../core/report.ts'
import { text } from '../../core/table.ts'
import { access, accessSql, server } from '../session-columns.ts'

/** Users and the servers that they reached, with the safes, listeners and accounts used (Fudo Enterprise, predefined report 13). */
export const userAccess = report({
  id: 'user-access',
  title: 'User access report',
  about: 'Who reached which server, through which safes and listeners, and with which accounts.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    user_id: text('User', { opens: 'person' }),
    ...server,
    safes: text('Safes'),
    listeners: text('Listeners'),
    accounts: text('Accounts'),
    ...access,
  },
  order: ['-sessions', 'user_id', 'server_id'],
  sql: `
    SELECT user_id, server_id, any(server) AS server,
           arrayStringConcat(arraySort(groupUniqArrayIf(safe, safe_id != '')), ', ') AS safes,
           arrayStringConcat(arraySort(groupUniqArrayIf(listener, listener_id != '')), ', ') AS listeners,
           arrayStringConcat(arraySort(groupUniqArrayIf(account, account_id != '')), ', ') AS accounts,
           ${accessSql}
    FROM privileged_sessions
    WHERE user_id != ''
    GROUP BY user_id, server_id`,
  chart: { kind: 'bars', x: 'user_id', y: 'sessions' },
})
