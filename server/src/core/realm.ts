declare const minted: unique symbol

/** One isolated space of events: a tenant and a community. Only authentication and the control store mint it. */
export type Realm = { readonly tenantId: string; readonly communityId: string } & { readonly [minted]: true }

/** Mints a realm. Called where a realm's existence was just established, nowhere else (a law test holds the list). */
export const mintRealm = (tenantId: string, communityId: string): Realm =>
  Object.freeze({ tenantId, communityId }) as Realm

export const sameRealm = (a: Realm, b: Realm): boolean => a.tenantId === b.tenantId && a.communityId === b.communityId

/** One string for one realm, for maps and hashes; the ids are length-prefixed, so that no two realms share it. */
export const realmKey = (realm: { tenantId: string; communityId: string }): string =>
  `${realm.tenantId.length}:${realm.tenantId}/${realm.communityId}`
