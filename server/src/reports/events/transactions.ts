import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/**
 * Every transaction, as it was sent (1Kosmos Reports v2.1, `transactions`). A transaction is what its sender calls
 * one: an event whose `type` is `transaction`.
 */
export const transactions = report({
  id: 'transactions',
  title: 'Transactions',
  about: 'Every transaction that a filter finds, newest first.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    event_name: text('Name'),
    user_id: text('User', { opens: 'person' }),
    application: text('Application'),
    ip: text('Address'),
  },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  sql: `
    SELECT event_ts, event_id, event_name, user_id, application, ip
    FROM events
    WHERE kind = 'transaction'`,
})
