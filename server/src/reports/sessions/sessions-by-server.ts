import { report } from '../../core/report.ts'
import { flag, instant, number, text } from '../../core/table.ts'

/** The sessions of each server (Fudo Enterprise, predefined report 12). */
export const sessionsByServer = report({
  id: 'sessions-by-server',
  title: 'Sessions by server report',
  about: 'The sessions of each server: who, when, with which account.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    server_id: text('Server'),
    id: text('Session'),
    created_at: instant('Started'),
    finished_at: instant('Finished').orNull(),
    duration: number('Seconds').orNull(),
    user_id: text('User', { opens: 'person' }),
    account_id: text('Account'),
    safe_id: text('Safe'),
    listener_id: text('Listener'),
    protocol: text('Protocol'),
    subprotocol: text('Subprotocol'),
    status: text('Status'),
    active: flag('Live'),
  },
  order: ['server_id', '-created_at', 'id'],
  sql: `
    SELECT server_id, id, created_at, finished_at, duration, user_id, account_id, safe_id, listener_id, protocol,
           subprotocol, status, active = 1 AS active
    FROM privileged_sessions
    WHERE server_id != ''`,
})
