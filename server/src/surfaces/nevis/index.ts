import type { Http, Surface } from '../../http/surface.ts'
import { authenticateAccessKey } from './auth.ts'
import { answer, broken, nowhere } from './errors.ts'
import { exportEventsRoute } from './routes/export-events.ts'
import { getEventRoute } from './routes/get-event.ts'
import { listEventsRoute } from './routes/list-events.ts'
import { Errors, Event } from './shapes.ts'

const prefix = '/nevis/api/v1'
const security = [{ accessKey: [] }]

/** What there is, so that another method is told from another address. */
const known = /^\/events(?:\/[^/]+)?\/?$/

const nevis: Surface = {
  name: 'nevis',
  title: 'Nevis log events',
  about:
    'The log events of Nevis Identity Cloud over the same events. Send an api key of a realm as `Authorization: Bearer <key>`; the first label of the host, or one of its dns names, names the realm.',
  prefix,
  security: { accessKey: { type: 'http', scheme: 'bearer', description: 'An api key of the realm.' } },
  answer,
  broken,
  register: async (http, context) => {
    // The dialect has errors of its own for parameters; its routes read them for themselves.
    http.setValidatorCompiler(() => () => true)
    http.addSchema(Errors)
    http.addSchema(Event)
    http.setNotFoundHandler((request, reply) => {
      const [address = ''] = request.url.split('?')
      const there = known.test(address.slice(prefix.length))
      const { status, headers, body } = nowhere(request.method, address, there ? 'GET' : undefined)
      return reply
        .code(status)
        .headers(headers ?? {})
        .send(body)
    })
    await http.register(async (instance) => {
      const guarded = instance as unknown as Http
      guarded.addHook('onRoute', (route) => {
        route.schema = { ...route.schema, security }
      })
      const parts = { http: guarded, context, callerOf: authenticateAccessKey(guarded, context.app) }
      exportEventsRoute(parts)
      listEventsRoute(parts)
      getEventRoute(parts)
    })
  },
}

export const surfaces: readonly Surface[] = [nevis]
