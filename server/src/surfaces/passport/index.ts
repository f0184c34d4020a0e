import type { Http, Surface } from '../../http/surface.ts'
import { authenticateKey } from './auth.ts'
import { answer, broken } from './errors.ts'
import type { OpenRouteParts, RouteParts } from './route.ts'
import { applicationRoutes } from './routes/applications.ts'
import { loginRecordRoutes } from './routes/login-records.ts'
import { logRoutes } from './routes/logs.ts'
import { reportRoutes } from './routes/reports.ts'
import { healthRoutes, versionRoute } from './routes/service.ts'
import { systemConfigurationRoutes } from './routes/system-configuration.ts'
import { userRoutes } from './routes/users.ts'
import { Errors } from './shapes.ts'

const security = [{ key: [] }]

/** Routes that ask for no key. */
const open: readonly ((parts: OpenRouteParts) => void | Promise<void>)[] = [healthRoutes]

/** Routes that ask for a key of the realm. */
const keyed: readonly ((parts: RouteParts) => void | Promise<void>)[] = [
  reportRoutes,
  applicationRoutes,
  userRoutes,
  loginRecordRoutes,
  logRoutes,
  systemConfigurationRoutes,
  versionRoute,
]

const passport: Surface = {
  name: 'passport',
  title: 'Passport reports',
  about:
    'The reports of Inversoft Passport (FusionAuth) over the same events. Send an api key of a realm as `Authorization: <key>`.',
  prefix: '/api',
  security: {
    key: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'An api key, without a scheme.' },
  },
  answer,
  broken,
  register: async (http, context) => {
    // The dialect has words of its own for what is wrong; its routes read for themselves.
    http.setValidatorCompiler(() => () => true)
    http.addSchema(Errors)
    for (const route of open) await route({ http, context })
    await http.register(async (instance) => {
      const guarded = instance as unknown as Http
      guarded.addHook('onRoute', (route) => {
        route.schema = { ...route.schema, security }
      })
      const parts = { http: guarded, context, callerOf: authenticateKey(guarded, context.app) }
      for (const route of keyed) await route(parts)
    })
  },
}

export const surfaces: readonly Surface[] = [passport]
