import type { HTTPMethods } from 'fastify'
import { failure } from '../errors.ts'
import type { RouteParts } from '../route.ts'

const all: readonly HTTPMethods[] = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT']

/** Answers 405 to what a path that is there does not do. Called after every other route. */
export const otherMethodRoutes = ({ http }: RouteParts, served: ReadonlyMap<string, ReadonlySet<string>>): void => {
  for (const [url, methods] of served) {
    const allowed = all.filter((method) => methods.has(method))
    http.route({
      method: all.filter((method) => !methods.has(method)),
      url,
      schema: { hide: true },
      handler: async (request, reply) => {
        const said = failure(405, `${request.method} is not done here; ${allowed.join(' and ')} is`)
        return reply.code(said.status).header('allow', allowed.join(', ')).send(said.body)
      },
    })
  }
}
