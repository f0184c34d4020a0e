import { thirtyDays } from '../body.ts'
import type { QueryRoute } from '../query-route.ts'

export const serviceUsageReport: QueryRoute = {
  name: 'service_usage_report',
  summary: 'How often each user logged in',
  about:
    'One row for each user who logged in in the span: how often, `login_count`, and when last, `last_login` (epoch ' +
    'milliseconds).',
  report: 'service-usage',
  from: thirtyDays,
  filters: ['user_id', 'person_id'],
  file: {
    columns: [
      { name: 'user_id', head: 'user_id' },
      { name: 'login_count', head: 'login_count' },
      { name: 'last_login', head: 'last_login' },
    ],
  },
  data: ({ rows }) =>
    JSON.stringify(rows.map(({ user_id, login_count, last_login }) => ({ user_id, login_count, last_login }))),
}
