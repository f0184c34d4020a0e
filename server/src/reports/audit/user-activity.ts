import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** What people created, changed and removed (Fudo Enterprise, predefined report 14). */
export const userActivity = report({
  id: 'user-activity',
  title: 'User activity report',
  about: 'What people created, changed and removed: objects, users, grants.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    by: text('By', { opens: 'person' }),
    action: text('Action'),
    event_name: text('Name'),
    object_type: text('Kind of object'),
    object_id: text('Object'),
    outcome: text('Outcome'),
    ip: text('Address'),
  },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  sql: `
    SELECT event_ts, event_id, if(actor_id != '', actor_id, user_id) AS by, action, event_name, object_type, object_id,
           outcome, ip
    FROM events
    WHERE category = 'AUDIT_LOG'
       OR action IN ('object.created', 'object.changed', 'object.removed', 'grant.given', 'grant.withdrawn',
                     'user.created', 'user.updated', 'user.deleted')`,
})
