import type { Surface } from '../../../http/surface.ts'
import { downloadRoutes } from '../downloads/download-routes.ts'
import { jobRoutes } from '../downloads/job-routes.ts'
import { answer, broken } from '../errors.ts'
import { putEventRoute } from '../events/put-event.ts'
import { largestBody } from '../json-body.ts'
import { openService } from '../service/open-service.ts'
import { sealedSecurity } from '../service/shapes.ts'
import { applicationUsageReport } from './routes/application-usage-report.ts'
import { auditLog } from './routes/audit-log.ts'
import { events } from './routes/events.ts'
import { serveHardwareTokensExport } from './routes/hardwaretokens-export.ts'
import { serveLastSeen } from './routes/last-seen-report.ts'
import { loginActivityReport } from './routes/login-activity-report.ts'
import { serveMetrics } from './routes/metrics.ts'
import { passwordlessLoginActivityReport } from './routes/passwordless-login-activity-report.ts'
import { serveRoleAssignment } from './routes/role-assignment.ts'
import { serviceOnboardingReport } from './routes/service-onboarding-report.ts'
import { serviceUsageReport } from './routes/service-usage-report.ts'
import { transactions } from './routes/transactions.ts'
import { v2LoginActivityReport } from './routes/v2-login-activity-report.ts'
import { serveVerificationSessionsReport } from './routes/verification-sessions-report.ts'
import { serveQuery } from './serve-query.ts'

const queries = [
  events,
  applicationUsageReport,
  auditLog,
  loginActivityReport,
  v2LoginActivityReport,
  passwordlessLoginActivityReport,
  serviceOnboardingReport,
  serviceUsageReport,
  transactions,
]

/** 1Kosmos Reports v2.1: the queries over a community's events, and what every service has. */
export const reportsSurface: Surface = {
  name: 'onekosmos-reports',
  title: '1Kosmos Reports',
  about:
    "The queries of 1Kosmos' Reports API: events and transactions by any field, usage, login activity, onboarding, audit log, last seen, metrics, role assignments, hardware tokens and verification sessions.",
  prefix: '/reports',
  security: sealedSecurity,
  answer,
  broken,
  bodyBytes: largestBody,
  register: (http, context) => {
    const parts = openService(http, context, 'reports')
    putEventRoute(parts)
    for (const query of queries) serveQuery(parts, query)
    serveLastSeen(parts)
    serveMetrics(parts)
    serveRoleAssignment(parts)
    serveHardwareTokensExport(parts)
    serveVerificationSessionsReport(parts)
    downloadRoutes(parts)
    jobRoutes(parts)
  },
}
