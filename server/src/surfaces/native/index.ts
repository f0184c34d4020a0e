import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { authenticateBearer } from '../../http/bearer.ts'
import type { Surface } from '../../http/surface.ts'
import { answerProblem, brokenProblem } from './errors.ts'
import { files } from './files.ts'
import { directoryRoutes } from './routes/directory.ts'
import { ingestEventsRoute } from './routes/ingest-events.ts'
import { jobRoutes } from './routes/jobs.ts'
import { keyRoutes } from './routes/keys.ts'
import { listReportsRoute } from './routes/list-reports.ts'
import { realmRoutes } from './routes/realms.ts'
import { runReportRoute } from './routes/run-report.ts'
import { searchEventsRoute } from './routes/search-events.ts'
import { setAsideRoutes } from './routes/set-aside.ts'
import { subscriptionRunRoutes } from './routes/subscription-runs.ts'
import { subscriptionRoutes } from './routes/subscriptions.ts'
import { Problem } from './shapes.ts'

const native: Surface = {
  name: 'native',
  title: 'Rollcall API',
  about:
    'Realms, keys, events and reports in Rollcall’s own words. Send a key as `Authorization: Bearer <key>`; errors are problem documents (RFC 9457).',
  prefix: '/v1',
  security: { key: { type: 'http', scheme: 'bearer', description: 'The admin key, or an api key.' } },
  answer: answerProblem,
  broken: brokenProblem,
  register: async (http, context) => {
    http.setValidatorCompiler(TypeBoxValidatorCompiler)
    http.addSchema(Problem)
    http.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, security: [{ key: [] }] }
    })
    const parts = { http, context, callerOf: authenticateBearer(http, context.app) }
    realmRoutes(parts)
    keyRoutes(parts)
    await ingestEventsRoute(parts)
    searchEventsRoute(parts)
    listReportsRoute(parts)
    runReportRoute(parts)
    directoryRoutes(parts)
    jobRoutes(parts)
    setAsideRoutes(parts)
    subscriptionRoutes(parts)
    subscriptionRunRoutes(parts)
  },
}

export const surfaces: readonly Surface[] = [native, files]
