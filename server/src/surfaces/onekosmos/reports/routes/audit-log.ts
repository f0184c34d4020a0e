import { oneDay } from '../body.ts'
import type { QueryRoute } from '../query-route.ts'
import { listing, sayEvents } from '../say-events.ts'

export const auditLog: QueryRoute = {
  name: 'audit_log',
  summary: 'What administrators changed',
  about:
    'Every event of the category AUDIT_LOG in the span (a day unless asked otherwise), newest first, as it was sent.',
  report: 'audit-log',
  from: oneDay,
  filters: ['user_id'],
  ...listing,
  data: (found) => (found.profile.auditLog === 'events' ? sayEvents(found) : `{"auditLogEvents":${sayEvents(found)}}`),
}
