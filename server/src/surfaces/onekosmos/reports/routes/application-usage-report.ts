import { thirtyDays } from '../body.ts'
import type { QueryRoute } from '../query-route.ts'
import { sayUsage } from '../say-usage.ts'

export const applicationUsageReport: QueryRoute = {
  name: 'application_usage_report',
  summary: 'Who used which service provider',
  about:
    'One row for each service provider and user with a login attempt in the span: `latest_login` and the one before, ' +
    '`last_login` (epoch milliseconds; null when there was one only), and the number of persons, `person_id_count`.',
  report: 'application-usage',
  from: thirtyDays,
  filters: ['serviceProvider', 'user_id', 'person_id'],
  file: {
    columns: [
      { name: 'application', head: 'serviceProvider' },
      { name: 'user_id', head: 'user_id' },
      { name: 'latest_login', head: 'latest_login' },
      { name: 'last_login', head: 'last_login' },
      { name: 'person_id_count', head: 'person_id_count' },
    ],
  },
  data: (found) =>
    sayUsage(found, {
      action: 'login.attempt',
      by: ['application', 'user_id'],
      wire: (row) => ({
        serviceProvider: row.application || null,
        user_id: row.user_id ?? null,
        latest_login: row.latest_login ?? null,
        last_login: row.last_login ?? null,
        person_id_count: row.person_id_count ?? 0,
      }),
    }),
}
