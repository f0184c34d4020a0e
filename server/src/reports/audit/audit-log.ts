import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** What administrators changed (1Kosmos Reports v2.1, `audit_log`: every event of the category `AUDIT_LOG`). */
export const auditLog = report({
  id: 'audit-log',
  title: 'Audit log',
  about: 'What administrators changed: who, when, and which object.',
  defaultSpan: 86_400_000,
  params: {},
  columns: {
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    event_name: text('Name'),
    action: text('Action'),
    user_id: text('User', { opens: 'person' }),
    object_type: text('Kind of object'),
    object_id: text('Object'),
    ip: text('Address'),
  },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  sql: `
    SELECT event_ts, event_id, event_name, action, user_id, object_type, object_id, ip
    FROM events
    WHERE category = 'AUDIT_LOG'`,
})
