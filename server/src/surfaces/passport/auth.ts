import type { FastifyRequest } from 'fastify'
import type { App } from '../../app/app.ts'
import { Fault, invalid } from '../../core/fault.ts'
import type { Principal } from '../../core/principal.ts'
import { type Realm, realmKey } from '../../core/realm.ts'
import { isUuid, realmUuid } from '../../core/uuid.ts'
import type { Http } from '../../http/surface.ts'
import { rememberRealm } from '../../http/whose.ts'
import { wrongUuid } from './parameters.ts'

/** Who asks, and the one realm in which. */
export interface Caller {
  readonly principal: Principal
  readonly realm: Realm
}

/** The ids under which this dialect knows a realm, which it calls a tenant. */
const tenantIdsOf = (realm: Realm): readonly string[] =>
  [realmUuid(realm), realm.tenantId, realm.communityId].map((id) => id.toLowerCase())

const PAGE = 500

const findRealm = async (app: App, principal: Principal, tenantId: string): Promise<Realm | undefined> => {
  for (let after: string | undefined; ; ) {
    const page = await app.realms.list(principal, { limit: PAGE, ...(after === undefined ? {} : { after }) })
    const found = page.find(({ realm }) => tenantIdsOf(realm).includes(tenantId))
    const last = page.at(-1)
    if (found || !last || page.length < PAGE) return found?.realm
    after = realmKey(last.realm)
  }
}

const noTenant = (id: string): Fault => new Fault('not-found', { what: 'tenant', id }, 'There is no such tenant here')

/** A key of the whole server says which realm it means; any other has one, and may say so. */
const realmOf = async (app: App, principal: Principal, sent: string | undefined): Promise<Realm> => {
  if (sent !== undefined && !isUuid(sent)) throw invalid([wrongUuid('header', 'tenantId', sent)])
  const tenantId = sent?.toLowerCase()
  if (principal.realms === 'all') {
    if (tenantId === undefined)
      throw invalid([
        {
          where: 'header',
          name: '',
          rule: 'TenantIdRequired',
          message: 'This key opens several tenants; name one in the X-FusionAuth-TenantId header',
        },
      ])
    const found = await findRealm(app, principal, tenantId)
    if (!found) throw noTenant(tenantId)
    return await app.enter(principal, found.tenantId, found.communityId)
  }
  const [own] = principal.realms
  if (!own) throw new Fault('forbidden', { reason: 'realm', need: 'realm' }, 'This key belongs to no realm')
  if (tenantId !== undefined && !tenantIdsOf(own).includes(tenantId)) throw noTenant(tenantId)
  return await app.enter(principal, own.tenantId, own.communityId)
}

/**
 * Makes every route that is registered afterwards ask for `Authorization: <key>`, without a scheme, before its body is
 * read. Answers how a route learns who asks.
 */
export const authenticateKey = (http: Http, app: App): ((request: FastifyRequest) => Caller) => {
  const callers = new WeakMap<FastifyRequest, Caller>()
  http.addHook('onRequest', async (request) => {
    const { principal } = await app.authenticate.bearer(request.headers.authorization?.trim())
    const header = request.headers['x-fusionauth-tenantid']
    const sent = Array.isArray(header) ? header.join() : header?.trim()
    const realm = await realmOf(app, principal, sent === '' ? undefined : sent)
    rememberRealm(request, realm)
    callers.set(request, { principal, realm })
  })
  return (request) => {
    const caller = callers.get(request)
    if (!caller) throw new Error('A Passport route was registered before its authentication')
    return caller
  }
}
