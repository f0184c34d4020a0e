import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/**
 * Entries of the audit log and of the event log as their readers know them (Passport): who wrote them, and a message,
 * which of another dialect's event is its name.
 */
export const logEntries = report({
  id: 'log-entries',
  title: 'Log entries',
  about: 'Entries of the audit log and of the event log: when, who, and what they say.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  paths: { said: ['message'] },
  columns: {
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    category: text('Log'),
    insert_user: text('Written by', { opens: 'person' }),
    message: text('Message'),
    kind_of_entry: text('Kind'),
  },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  sql: `
    SELECT event_ts, event_id, category, if(actor_id != '', actor_id, user_id) AS insert_user,
           if(ifNull(said, '') = '', event_name, assumeNotNull(said)) AS message, object_type AS kind_of_entry
    FROM events
    WHERE category IN ('AUDIT_LOG', 'EVENT_LOG')`,
})
