import type { FastifyRequest } from 'fastify'
import type { App } from '../../app/app.ts'
import { Fault, invalid } from '../../core/fault.ts'
import type { Principal } from '../../core/principal.ts'
import { type Realm, realmKey } from '../../core/realm.ts'
import type { Http } from '../../http/surface.ts'
import { rememberRealm } from '../../http/whose.ts'

/** Who asks, and the realm that is the instance of the host name. */
export interface Caller {
  readonly principal: Principal
  readonly realm: Realm
}

const secretOf = (header: string | undefined): string | undefined => {
  const found = /^bearer +(\S+) *$/i.exec(header ?? '')
  return found?.[1] ?? (header === undefined ? undefined : '')
}

const wrongInstance = (): Fault =>
  new Fault('unauthenticated', { reason: 'unknown' }, 'This access key is not one of this instance')

const PAGE = 500

const realmsOf = async (app: App, principal: Principal, tenantId: string): Promise<readonly Realm[]> => {
  if (principal.realms !== 'all') return principal.realms.filter((realm) => realm.tenantId === tenantId)
  const found: Realm[] = []
  for (let after: string | undefined; ; ) {
    const page = await app.realms.list(principal, { limit: PAGE, ...(after === undefined ? {} : { after }) })
    found.push(...page.filter(({ realm }) => realm.tenantId === tenantId).map(({ realm }) => realm))
    const last = page.at(-1)
    if (!last || page.length < PAGE) return found
    after = realmKey(last.realm)
  }
}

/**
 * The realm of a request: that of the tenant whose tag is the first label of the host, or whose dns name is the host;
 * with any other host the key's own.
 */
const realmOf = async (app: App, principal: Principal, host: string): Promise<Realm> => {
  const tenantId = await app.realms.tenantOfHost(host)
  const own =
    tenantId === undefined
      ? principal.realms === 'all'
        ? []
        : principal.realms
      : await realmsOf(app, principal, tenantId)
  const [first, second] = own
  if (first && !second) return await app.enter(principal, first.tenantId, first.communityId)
  if (tenantId !== undefined && !first) throw wrongInstance()
  throw invalid([
    {
      where: 'header',
      name: 'Authorization',
      rule: 'range',
      message: 'This access key opens several realms and the host name none of them alone; send a key of one realm',
    },
  ])
}

/**
 * Makes every route that is registered afterwards ask for `Authorization: Bearer <access key>`. Answers how a route
 * learns who asks.
 */
export const authenticateAccessKey = (http: Http, app: App): ((request: FastifyRequest) => Caller) => {
  const callers = new WeakMap<FastifyRequest, Caller>()
  http.addHook('onRequest', async (request) => {
    const { principal } = await app.authenticate.bearer(secretOf(request.headers.authorization))
    const realm = await realmOf(app, principal, request.host)
    rememberRealm(request, realm)
    callers.set(request, { principal, realm })
  })
  return (request) => {
    const caller = callers.get(request)
    if (!caller) throw new Error('A Nevis route was registered before its authentication')
    return caller
  }
}
