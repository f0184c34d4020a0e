import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { Http, Surface } from '../../http/surface.ts'
import { authenticateKey } from './auth.ts'
import { answer, broken } from './errors.ts'
import { answerUnserved } from './not-found.ts'
import { Failure } from './route.ts'
import { batchRoute } from './routes/batch.ts'
import { definitionRoutes } from './routes/definitions.ts'
import { objspecRoutes } from './routes/objspec.ts'
import { reportRoutes } from './routes/reports.ts'
import { subscriptionRoutes } from './routes/subscriptions.ts'

const fudo: Surface = {
  name: 'fudo',
  title: 'Fudo reports',
  about:
    'The reports of Fudo Enterprise’s API v2 over the privileged sessions of a realm. Send an api key of the realm as `Authorization: <key>`, without a scheme.',
  prefix: '/api/v2',
  security: {
    key: { type: 'apiKey', in: 'header', name: 'Authorization', description: 'An api key of one realm.' },
  },
  answer,
  broken,
  register: async (http, context) => {
    http.setValidatorCompiler(TypeBoxValidatorCompiler)
    http.addSchema(Failure)
    const served = new Map<string, Set<string>>()
    http.setNotFoundHandler((request, reply) => {
      const path = (request.url.split('?', 1)[0] ?? '').slice(fudo.prefix.length).replace(/\/+$/, '')
      const said = answerUnserved(served, request.method, path)
      return reply
        .code(said.status)
        .headers(said.headers ?? {})
        .send(said.body)
    })
    await http.register(async (instance) => {
      const guarded = instance as unknown as Http
      guarded.addHook('onRoute', (route) => {
        route.schema = { ...route.schema, security: [{ key: [] }] }
        const url = route.routePath
        for (const method of [route.method].flat()) served.set(url, (served.get(url) ?? new Set()).add(method))
      })
      const parts = { http: guarded, context, callerOf: authenticateKey(guarded, context.app) }
      objspecRoutes(parts)
      definitionRoutes(parts)
      subscriptionRoutes(parts)
      reportRoutes(parts)
      batchRoute(parts)
    })
  },
}

export const surfaces: readonly Surface[] = [fudo]
