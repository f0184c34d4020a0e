import { report } from '../../core/report.ts'
import { flag, instant, seconds, text } from '../../core/table.ts'
import { account, listener, safe, server, sessionFigures } from '../session-columns.ts'

/** The sessions of each server (Fudo Enterprise, predefined report 12). */
export const sessionsByServer = report({
  id: 'sessions-by-server',
  title: 'Sessions by server report',
  about: 'The sessions of each server, with what the directory tells of it: who, when, with which account.',
  reads: ['privileged_sessions'],
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    ...server,
    server_name: text('Host'),
    server_address: text('Server address'),
    id: text('Session'),
    created_at: instant('Started'),
    finished_at: instant('Finished').orNull(),
    duration: seconds('Duration').orNull(),
    user_id: text('User', { opens: 'person' }),
    ...account,
    ...safe,
    ...listener,
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
  figures: sessionFigures,
})
