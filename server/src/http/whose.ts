import type { FastifyRequest } from 'fastify'
import type { Realm } from '../core/realm.ts'

/** The realm that a request is about, by its ids. */
export type RealmIds = Pick<Realm, 'tenantId' | 'communityId'>

const known = new WeakMap<FastifyRequest, RealmIds>()

/** Remembers a request's realm where the address does not say it, but its key or its host. */
export const rememberRealm = (request: FastifyRequest, realm: RealmIds): void => {
  known.set(request, realm)
}

/** The realm of a request: what was remembered, else what its address says; nobody has looked whether it exists. */
export const realmIdsOf = (request: FastifyRequest): RealmIds | undefined => {
  const { tenantId, communityId } = (request.params ?? {}) as Partial<RealmIds>
  return known.get(request) ?? (tenantId && communityId ? { tenantId, communityId } : undefined)
}
