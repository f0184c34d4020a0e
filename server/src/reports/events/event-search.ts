import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** Every event, as a filter finds it; ask for `raw` to get what was sent. */
export const eventSearch = report({
  id: 'event-search',
  title: 'Events',
  about: 'Every event that a filter finds, newest first.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    event_name: text('Name'),
    action: text('Action'),
    outcome: text('Outcome'),
    user_id: text('User', { opens: 'person' }),
    application: text('Application'),
    ip: text('Address'),
  },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  sql: `
    SELECT event_ts, event_id, event_name, action, outcome, user_id, application, ip
    FROM events`,
})
