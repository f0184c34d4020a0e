import { thirtyDays } from '../body.ts'
import type { QueryRoute } from '../query-route.ts'
import { listing } from '../say-events.ts'

export const serviceOnboardingReport: QueryRoute = {
  name: 'service_onboarding_report',
  summary: 'Who was onboarded',
  about: 'Every onboarding of a user in the span, as it was sent.',
  report: 'onboarding',
  from: thirtyDays,
  filters: ['user_id', 'person_id'],
  ...listing,
}
