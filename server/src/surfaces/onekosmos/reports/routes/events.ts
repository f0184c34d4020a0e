import { column, equals } from '../../../../core/filter.ts'
import { thirtyDays } from '../body.ts'
import type { QueryRoute } from '../query-route.ts'
import { listing } from '../say-events.ts'

export const events: QueryRoute = {
  name: 'events',
  summary: 'Events, filtered by any field',
  about:
    'Every event of the span as it was sent. Any field of the body that has no other meaning filters by the field of ' +
    'that name; `query` holds further conditions. Transactions have a query of their own.',
  report: 'event-search',
  from: thirtyDays,
  filters: 'any',
  only: equals(column('kind'), 'event'),
  ...listing,
}
