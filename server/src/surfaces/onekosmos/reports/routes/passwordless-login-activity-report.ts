import { thirtyDays } from '../body.ts'
import type { QueryRoute } from '../query-route.ts'
import { sayUsage } from '../say-usage.ts'

export const passwordlessLoginActivityReport: QueryRoute = {
  name: 'passwordless_login_activity_report',
  summary: 'When each user was last let in to a service provider',
  about:
    'One row for each user who was let in to a service provider in the span: `latest_login` and the one before, ' +
    '`last_login` (epoch milliseconds; null when there was one only).',
  report: 'passwordless-logins',
  from: thirtyDays,
  filters: ['user_id', 'person_id'],
  file: {
    columns: [
      { name: 'user_id', head: 'user_id' },
      { name: 'latest_login', head: 'latest_login' },
      { name: 'last_login', head: 'last_login' },
    ],
  },
  data: (found) =>
    sayUsage(found, {
      action: 'login.redirect',
      by: ['user_id'],
      wire: (row) => ({
        user_id: row.user_id ?? null,
        latest_login: row.latest_login ?? null,
        last_login: row.last_login ?? null,
      }),
    }),
}
