import { thirtyDays } from '../body.ts'
import type { QueryRoute } from '../query-route.ts'
import { listing } from '../say-events.ts'

export const v2LoginActivityReport: QueryRoute = {
  name: 'v2/login_activity_report',
  summary: 'Logins to service providers and to the administration portal',
  about:
    'Every E_SP_REDIRECT_SUCCEEDED of the span, and every E_LOGIN_SUCCEEDED whose application is the portal, adminx, ' +
    'as they were sent.',
  report: 'portal-login-activity',
  from: thirtyDays,
  filters: ['auth_method', 'user_id', 'application'],
  ...listing,
}
