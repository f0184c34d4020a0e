import { timingSafeEqual } from 'node:crypto'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Fault } from '../../core/fault.ts'
import {
  allPermissions,
  type Permission,
  type Principal,
  permissionsOfRoles,
  realmPermissions,
  sightOfRoles,
} from '../../core/principal.ts'
import { type Realm, realmKey, sameRealm } from '../../core/realm.ts'
import type { Secret } from '../../core/secret.ts'
import type { Control, KeyRecord } from '../../ports/control.ts'
import type { App, Authenticated } from '../app.ts'
import type { Recall } from '../recall.ts'
import { hashSecret } from './secrets.ts'

export interface AuthenticateParts {
  readonly control: Control
  readonly recall: Recall
  readonly now: () => number
  readonly adminKey: Secret
  readonly infraKey: Secret | undefined
  /** Requests per key and minute in this process; 0 is no limit. */
  readonly perKey: number
}

const refuse = (reason: 'missing' | 'unknown' | 'disabled' | 'expired', message: string): Fault =>
  new Fault('unauthenticated', { reason }, message)

const systemPermissions: readonly Permission[] = [...realmPermissions, 'licences.manage', 'service-keys.manage']

const realmsOfTenant = async (control: Control, tenantId: string): Promise<readonly Realm[]> => {
  const found: Realm[] = []
  for (let after: string | undefined; ; ) {
    const page = await control.realms.list({ limit: 500, ...(after === undefined ? {} : { after }) })
    found.push(...page.filter((record) => record.realm.tenantId === tenantId).map((record) => record.realm))
    const last = page.at(-1)
    if (!last || page.length < 500) return found
    after = realmKey(last.realm)
  }
}

/**
 * Which realms a key enters, and until when that holds: all for the system, its own and the granted ones otherwise.
 * What an authorisation says of a realm, and how long, counts for the key's own one as well.
 */
const realmsOf = async (
  control: Control,
  key: KeyRecord,
  now: number,
): Promise<{ readonly realms: Principal['realms']; readonly until: number }> => {
  const always = Number.POSITIVE_INFINITY
  if (key.authLevel === 'system') return { realms: 'all', until: always }
  if (key.kind === 'api') return { realms: key.realm ? [key.realm] : 'all', until: always }
  const own = key.realm
    ? key.authLevel === 'tenant'
      ? await realmsOfTenant(control, key.realm.tenantId)
      : [key.realm]
    : []
  const grants = await control.grants.of(key.id)
  const granted = grants.filter((grant) => grant.isAuthorized && (grant.expiresAt === null || grant.expiresAt > now))
  const untold = own.filter((realm) => !grants.some((grant) => sameRealm(grant.realm, realm)))
  return {
    realms: [...untold, ...granted.map((grant) => grant.realm)],
    until: Math.min(...granted.map((grant) => grant.expiresAt ?? always), always),
  }
}

const permissionsOf = (key: KeyRecord): ReadonlySet<Permission> => {
  if (key.kind === 'license' && key.authLevel === 'system') return new Set(systemPermissions)
  return new Set(key.kind === 'api' && key.roles ? permissionsOfRoles(key.roles) : realmPermissions)
}

/** Who acts with a key, and what of its realm they see: everything, unless its roles say less. */
const whoIs = (key: KeyRecord): Pick<Principal, 'id' | 'user' | 'sight'> => {
  const user = key.user ?? key.id
  const sight = key.kind === 'api' && key.roles ? sightOfRoles(key.roles, user) : undefined
  return { id: user, user, ...(sight ? { sight } : {}) }
}

/** Who asks with the operator's key. */
export const operator: Principal = { id: 'admin', user: 'admin', realms: 'all', may: new Set(allPermissions) }

/** Who a key makes of its bearer now, and until when that holds, in epoch milliseconds. */
export const principalOf = async (
  control: Control,
  key: KeyRecord,
  now: number,
): Promise<{ readonly principal: Principal; readonly until: number }> => {
  const { realms, until } = await realmsOf(control, key, now)
  return { until, principal: { ...whoIs(key), key: key.id, realms, may: permissionsOf(key) } }
}

/** Turns secrets into principals. Unknown, disabled and expired keys are told apart; none is remembered in the clear. */
export const createAuthenticate = (parts: AuthenticateParts): App['authenticate'] => {
  const { control, recall, now } = parts
  const adminHash = hashSecret(parts.adminKey.reveal())
  const infraHash = parts.infraKey && hashSecret(parts.infraKey.reveal())
  const limiter = parts.perKey > 0 ? new RateLimiterMemory({ points: parts.perKey, duration: 60 }) : undefined
  const admin: Authenticated = {
    principal: operator,
    record: null,
    authLevel: 'system',
  }
  const infra: Authenticated = {
    principal: { id: 'infra', user: 'infra', realms: 'all', may: new Set(realmPermissions) },
    record: null,
    authLevel: 'service',
  }

  const count = async (id: string): Promise<void> => {
    if (!limiter) return
    try {
      await limiter.consume(id)
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000))
      throw new Fault(
        'too-many',
        { retryAfterSeconds },
        `Too many requests with this key; try again in ${retryAfterSeconds} s`,
      )
    }
  }

  const remembered = (secretHash: Uint8Array, kind: KeyRecord['kind']) =>
    recall.get(kind, Buffer.from(secretHash).toString('base64'), async () => {
      const record = await control.keys.bySecret(secretHash)
      if (record?.kind !== kind) return undefined
      return { record, ...(await principalOf(control, record, now())) }
    })

  const ofRecord = async (secretHash: Uint8Array, kind: KeyRecord['kind']): Promise<Authenticated> => {
    let found = await remembered(secretHash, kind)
    if (found && found.until <= now()) {
      // A grant ran out, which no change in the store tells.
      recall.forget()
      found = await remembered(secretHash, kind)
    }
    if (!found) throw refuse('unknown', 'This key is not known here')
    if (found.record.disabled) throw refuse('disabled', 'This key is disabled')
    if (found.record.expiresAt !== null && found.record.expiresAt <= now())
      throw refuse('expired', 'This key has expired')
    await count(found.record.id)
    return { principal: found.principal, record: found.record, authLevel: found.record.authLevel }
  }

  return {
    async bearer(secret) {
      if (!secret) throw refuse('missing', 'Send a key: Authorization: Bearer <key>')
      const secretHash = hashSecret(secret)
      if (timingSafeEqual(secretHash, adminHash)) return admin
      return await ofRecord(secretHash, 'api')
    },
    async licence(secret) {
      const secretHash = hashSecret(secret)
      if (infraHash && timingSafeEqual(secretHash, infraHash)) return infra
      return await ofRecord(secretHash, 'license')
    },
  }
}
