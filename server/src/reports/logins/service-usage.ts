import { report } from '../../core/report.ts'
import { count, instant, text } from '../../core/table.ts'

/** How often each user logged in, and when last (1Kosmos Reports v2.1, `service_usage_report`). */
export const serviceUsage = report({
  id: 'service-usage',
  title: 'Service usage',
  about: 'How often each user logged in, and when last.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    user_id: text('User', { opens: 'person' }),
    login_count: count('Logins'),
    last_login: instant('Last login'),
  },
  order: ['-last_login', 'user_id'],
  sql: `
    SELECT user_id, count() AS login_count, max(event_ts) AS last_login
    FROM events
    WHERE action = 'login' AND outcome = 'success' AND user_id != ''
    GROUP BY user_id`,
  chart: { kind: 'bars', x: 'user_id', y: 'login_count' },
  figures: [
    { label: 'Logins', column: 'login_count', is: 'sum' },
    { label: 'Latest login', column: 'last_login', is: 'most' },
  ],
})
