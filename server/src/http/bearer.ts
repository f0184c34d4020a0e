import type { FastifyRequest } from 'fastify'
import type { App, Authenticated } from '../app/app.ts'
import type { Principal } from '../core/principal.ts'
import type { Http } from './surface.ts'

const secretOf = (header: string | undefined): string | undefined => {
  const found = /^bearer +(\S+) *$/i.exec(header ?? '')
  return found?.[1] ?? (header === undefined ? undefined : '')
}

/**
 * Makes every route that is registered afterwards ask for `Authorization: Bearer <key>` before its body is read.
 * Answers how a route learns who asks.
 */
export const authenticateBearer = (http: Http, app: App): ((request: FastifyRequest) => Principal) => {
  const callers = new WeakMap<FastifyRequest, Authenticated>()
  http.addHook('onRequest', async (request) => {
    callers.set(request, await app.authenticate.bearer(secretOf(request.headers.authorization)))
  })
  return (request) => {
    const caller = callers.get(request)
    if (!caller) throw new Error('A route was registered before its authentication')
    return caller.principal
  }
}
