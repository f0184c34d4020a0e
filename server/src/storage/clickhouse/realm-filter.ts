import type { Realm } from '../../core/realm.ts'

/** The row filter of every table that reports read; SQL cannot forge a header, and without them no row passes. */
export const realmFilter =
  "tenant_id = decodeURLComponent(getClientHTTPHeader('X-Rollcall-Tenant')) AND " +
  "community_id = decodeURLComponent(getClientHTTPHeader('X-Rollcall-Community'))"

/** The headers that the row filter reads. Encoded, since a header cannot carry every id that a realm may have. */
export const realmHeaders = (realm: Pick<Realm, 'tenantId' | 'communityId'>): Record<string, string> => ({
  'X-Rollcall-Tenant': encodeURIComponent(realm.tenantId.toWellFormed()),
  'X-Rollcall-Community': encodeURIComponent(realm.communityId.toWellFormed()),
})
