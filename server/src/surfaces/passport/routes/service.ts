import Type from 'typebox'
import type { OpenRouteParts, RouteParts } from '../route.ts'
import { refusals } from '../shapes.ts'

const tags = ['Service']

/** GET /status and /health, which ask for no key. */
export const healthRoutes = ({ http, context }: OpenRouteParts): void => {
  http.get(
    '/status',
    {
      schema: {
        tags,
        summary: 'Whether every part answers',
        response: {
          200: Type.Object({ status: Type.String() }),
          503: { description: 'A part does not answer.' } as never,
        },
      },
    },
    async (_request, reply) => {
      const parts = Object.values(await context.app.health())
      return reply.code(parts.every(Boolean) ? 200 : 503).send({ status: parts.every(Boolean) ? 'ok' : 'degraded' })
    },
  )
  http.get(
    '/health',
    {
      schema: {
        tags,
        summary: 'Whether the server is well; no body',
        response: { 200: { description: 'Well.' } as never, 500: { description: 'Not well.' } as never },
      },
    },
    async (_request, reply) => reply.code(Object.values(await context.app.health()).every(Boolean) ? 200 : 500).send(),
  )
}

/** GET /system/version. */
export const versionRoute = ({ http, context }: RouteParts): void => {
  http.get(
    '/system/version',
    {
      schema: {
        tags,
        summary: 'The version',
        response: { 200: Type.Object({ version: Type.String() }), ...refusals() },
      },
    },
    async () => ({ version: context.build.tag ?? context.build.commit }),
  )
}
