import type { FastifyRequest } from 'fastify'
import type { App } from '../../app/app.ts'
import { Fault } from '../../core/fault.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Http } from '../../http/surface.ts'
import { rememberRealm } from '../../http/whose.ts'

/** Who asks, and the realm in which. */
export interface Caller {
  readonly principal: Principal
  readonly realm: Realm
}

/**
 * Makes every route that is registered afterwards ask for `Authorization: <key>`, the bare key of one realm, before its
 * body is read. Answers how a route learns who asks.
 */
export const authenticateKey = (http: Http, app: App): ((request: FastifyRequest) => Caller) => {
  const callers = new WeakMap<FastifyRequest, Caller>()
  http.addHook('onRequest', async (request) => {
    // Clients that name a type in every request name it where there is no body, too.
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers
    if (request.method === 'DELETE' && length === '0' && coding === undefined) delete request.headers['content-type']
    const { principal } = await app.authenticate.bearer(request.headers.authorization?.trim())
    const [realm, other] = principal.realms === 'all' ? [] : principal.realms
    if (!realm || other)
      throw new Fault(
        'forbidden',
        { reason: 'realm', need: 'one realm' },
        'This API answers for one realm; use an api key that belongs to one',
      )
    rememberRealm(request, realm)
    callers.set(request, { principal, realm: await app.enter(principal, realm.tenantId, realm.communityId) })
  })
  return (request) => {
    const caller = callers.get(request)
    if (!caller) throw new Error('A Fudo route was registered before its authentication')
    return caller
  }
}
