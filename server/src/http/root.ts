import { faultOf } from './errors.ts'
import type { ServerOptions } from './options.ts'
import { answerRoot, brokenRoot } from './root-errors.ts'
import type { Http } from './surface.ts'

/** What stands at the root, without a key: health, metrics, and a friendly word for unknown paths. */
export const rootRoutes = (http: Http, options: ServerOptions): void => {
  http.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error, options.context.limits.bodyBytes)
    const answer = fault ? answerRoot(fault) : brokenRoot(request.id)
    if (!fault)
      request.log.error({ reqId: request.id, error: String(error) }, 'A request failed in a way nobody foresaw')
    for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value)
    return reply.code(answer.status).send(answer.body)
  })
  http.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      status: 404,
      title: 'Not found',
      detail: `Nothing is served at ${request.method} ${request.url.split('?')[0]}. The APIs are listed at /docs.`,
    }),
  )
  http.get('/healthz', async (_request, reply) => {
    const parts = await options.context.app.health()
    const well = Object.values(parts).every(Boolean)
    return reply
      .code(well ? 200 : 503)
      .send({ status: well ? 'ok' : 'degraded', parts, version: options.context.build.commit })
  })
  http.get('/metrics', async (_request, reply) => {
    const { type, text } = await options.metrics()
    return reply.header('content-type', type).send(text)
  })
}
