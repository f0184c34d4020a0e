import { report } from '../../core/report.ts'
import { flag, instant, seconds, text } from '../../core/table.ts'

/** The sessions of each server (Fudo Enterprise, predefined report 12). */
export const sessionsByServer = report({
  id: 'sessions-by-server',
  title: 'Sessions by server report',
  about: 'The sessions of each server, with what the directory tells of it: who, when, with which account.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    server_id: text('Server id', { namedBy: 'server' }),
    server: text('Server'),
    server_name: text('Host'),
    server_address: text('Server address'),
    id: text('Session'),
    created_at: instant('Started'),
    finished_at: instant('Finished').orNull(),
    duration: seconds('Duration').orNull(),
    user_id: text('User', { opens: 'person' }),
    account_id: text('Account id', { namedBy: 'account' }),
    account: text('Account'),
    safe_id: text('Safe id', { namedBy: 'safe' }),
    safe: text('Safe'),
    listener_id: text('Listener id', { namedBy: 'listener' }),
    listener: text('Listener'),
    protocol: text('Protocol'),
    subprotocol: text('Subprotocol'),
    status: text('Status'),
    active: flag('Live'),
  },
  order: ['server_id', '-created_at', 'id'],
  sql: `
    SELECT server_id, server, server_name, server_address, id, created_at, finished_at, duration, user_id, account_id,
           account, safe_id, safe, listener_id, listener, protocol, subprotocol, status, active = 1 AS active
    FROM privileged_sessions
    WHERE server_id != ''`,
  figures: [
    { label: 'Users', column: 'user_id', is: 'distinct' },
    { label: 'Servers', column: 'server_id', is: 'distinct' },
    { label: 'Time in all', column: 'duration', is: 'sum' },
  ],
})
