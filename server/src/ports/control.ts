import type { Realm } from '../core/realm.ts'
import type { Directory } from './directory.ts'
import type { ReportRecords } from './generated.ts'
import type { Deliveries, Jobs } from './jobs.ts'
import type { Subscriptions } from './subscriptions.ts'

export interface RealmRecord {
  readonly realm: Realm
  readonly tenant: { readonly id: string; readonly tag: string; readonly name: string; readonly dns: readonly string[] }
  readonly community: { readonly id: string; readonly name: string }
  /** IANA name; null follows the server's setting. */
  readonly timezone: string | null
  /** The number of its wall clock, from 1; the next one with every change of its zone. */
  readonly clock: number
  /** The clock under which everything is counted; less than `clock` while a rebuild is under way. */
  readonly countedClock: number
  /** Epoch milliseconds. */
  readonly createdAt: number
}

export interface RealmDraft {
  readonly tenant: {
    readonly id?: string
    readonly tag?: string
    readonly name: string
    readonly dns?: readonly string[]
  }
  readonly community: { readonly id?: string; readonly name: string }
  readonly timezone?: string
}

/** Realms: a tenant may have many communities; a community belongs to one tenant. */
export interface Realms {
  /** @throws Fault `conflict` when the realm is there already, or when a dns name belongs to another tenant. */
  create(draft: RealmDraft, now: number): Promise<RealmRecord>
  get(tenantId: string, communityId: string): Promise<RealmRecord | undefined>
  /** Finds by tenant (id or one of its dns names) and community (id or name). */
  find(by: {
    readonly dns?: string
    readonly tenantId?: string
    readonly communityId?: string
    readonly communityName?: string
  }): Promise<RealmRecord | undefined>
  /** The id of the tenant that a host name is of: one of its dns names, else its first label is the tenant's tag. */
  tenantOfHost(host: string): Promise<string | undefined>
  /** In order of tenant and community id; `after` is the `realmKey` of the last record of the page before. */
  list(options: { readonly after?: string; readonly limit: number }): Promise<readonly RealmRecord[]>
  update(
    realm: Realm,
    change: {
      readonly tenant?: { name?: string; tag?: string; dns?: readonly string[] }
      readonly community?: { name?: string }
      /** Another zone gets a clock of its own, and a job `recount` that counts days and months by it. */
      readonly timezone?: string | null
    },
  ): Promise<RealmRecord | undefined>
  /**
   * Notes the zone of realms that set none. Where it was another before, each of them gets a clock of its own and a job
   * `recount`, as after `update`; answers the zone before, null when none was noted, and how many realms those are.
   */
  standardZone(zone: string): Promise<{ readonly before: string | null; readonly realms: number }>
  /** Notes that everything is counted under a clock, unless a later one has begun. */
  counted(realm: Realm, clock: number): Promise<void>
  /** Removes the realm, its keys and its directory; its events stay in the store until retention drops them. */
  remove(realm: Realm): Promise<boolean>
}

export type AuthLevel = 'system' | 'service' | 'tenant' | 'community'

/** A key as it is kept: never its secret, only the SHA-256 of it. */
export interface KeyRecord {
  readonly id: string
  readonly kind: 'api' | 'license'
  readonly name: string
  /** Null for a key of the whole server. */
  readonly realm: Realm | null
  readonly authLevel: AuthLevel | null
  readonly user: string | null
  readonly roles: readonly string[] | null
  readonly disabled: boolean
  /** Epoch milliseconds; null never expires. */
  readonly expiresAt: number | null
  readonly createdAt: number
  /** Licences only: the names and notes that the licence endpoints keep. */
  readonly tag: string | null
  readonly keyId: string | null
  readonly description: string | null
  /** JSON text of an object. */
  readonly modules: string | null
}

export interface Keys {
  /** @throws Fault `conflict` when the secret, or a licence's tag or keyId, is in use. */
  create(record: KeyRecord, secretHash: Uint8Array): Promise<void>
  bySecret(secretHash: Uint8Array): Promise<KeyRecord | undefined>
  byId(id: string): Promise<KeyRecord | undefined>
  /** The keys of one user of a realm, the oldest first. */
  ofUser(realm: Realm, user: string): Promise<readonly KeyRecord[]>
  byTag(tag: string): Promise<KeyRecord | undefined>
  byKeyId(keyId: string): Promise<KeyRecord | undefined>
  /** In order of id; `after` is the last id of the page before. */
  list(options: {
    readonly realm?: Realm
    readonly after?: string
    readonly limit: number
  }): Promise<readonly KeyRecord[]>
  update(
    id: string,
    change: Partial<Pick<KeyRecord, 'description' | 'disabled' | 'expiresAt' | 'authLevel' | 'modules' | 'name'>>,
  ): Promise<boolean>
  remove(id: string): Promise<boolean>
  /** A number that grows with every change of keys, grants or realms, by any process; caches live until it moves. */
  version(): Promise<number>
}

/** Which communities a licence may be used for beyond its own. */
export interface LicenceGrant {
  readonly keyId: string
  readonly realm: Realm
  readonly isAuthorized: boolean
  readonly expiresAt: number | null
}

export interface LicenceGrants {
  put(grant: LicenceGrant): Promise<void>
  remove(keyId: string, realm: Realm): Promise<boolean>
  of(keyId: string): Promise<readonly LicenceGrant[]>
}

/** A key pair of one service of the 1Kosmos surface; the private part is encrypted by the caller. */
export interface ServiceKeyRecord {
  /** Base64 of the public key's 64 bytes. */
  readonly keyId: string
  readonly service: 'events' | 'reports' | 'licenses'
  readonly sealedSecret: Uint8Array
  readonly createdAt: number
  /** Epoch milliseconds when it was replaced; null while it is the current one. */
  readonly retiredAt: number | null
}

export interface ServiceKeys {
  list(service: ServiceKeyRecord['service']): Promise<readonly ServiceKeyRecord[]>
  /** Adds the first current key unless there is one; answers the current one, so that racing processes agree. */
  ensure(record: ServiceKeyRecord): Promise<ServiceKeyRecord>
  /** Retires one key and adds another in one transaction; false when the key is not current. */
  replace(keyId: string, by: ServiceKeyRecord, now: number): Promise<boolean>
  /** Replaces every sealed secret by what `reseal` makes of it, in one transaction; answers how many. */
  reseal(reseal: (sealed: Uint8Array) => Uint8Array): Promise<number>
  /** Forgets keys that were retired before an instant. */
  forget(retiredBefore: number): Promise<number>
}

/** Everything the control store keeps besides the inbox. */
export interface Control extends AsyncDisposable {
  readonly realms: Realms
  readonly keys: Keys
  readonly grants: LicenceGrants
  readonly serviceKeys: ServiceKeys
  readonly directory: Directory
  readonly reports: ReportRecords
  readonly jobs: Jobs
  readonly deliveries: Deliveries
  readonly subscriptions: Subscriptions
  ping(): Promise<boolean>
}
