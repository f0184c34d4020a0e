import { thirtyDays } from '../body.ts'
import type { QueryRoute } from '../query-route.ts'
import { listing } from '../say-events.ts'

export const transactions: QueryRoute = {
  name: 'transactions',
  summary: 'Transactions, filtered by any field',
  about:
    'Every transaction of the span as it was sent: events whose `type` is `transaction`. Any field of the body that ' +
    'has no other meaning filters by the field of that name; `query` holds further conditions.',
  report: 'transactions',
  from: thirtyDays,
  filters: 'any',
  ...listing,
}
