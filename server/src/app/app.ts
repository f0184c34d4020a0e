import type { EventDraft, Receipt } from '../core/event.ts'
import type { Filter } from '../core/filter.ts'
import type { Format } from '../core/format.ts'
import type { Cursor } from '../core/page.ts'
import type { Permission, Principal } from '../core/principal.ts'
import type { Realm } from '../core/realm.ts'
import type { Report } from '../core/report.ts'
import type { Row } from '../core/table.ts'
import type { Window } from '../core/window.ts'
import type { AuthLevel, KeyRecord, LicenceGrant, RealmDraft, RealmRecord, ServiceKeyRecord } from '../ports/control.ts'
import type { Question } from '../ports/events.ts'
import type { SetAside } from '../ports/inbox.ts'
import type { DeliveryRecord, JobRecord } from '../ports/jobs.ts'
import type { DirectoryApp } from './directory/directory.ts'
import type { JobUses } from './jobs/jobs.ts'
import type { OpenedFile } from './jobs/links.ts'
import type { RequestExport } from './reports/exported.ts'
import type { DocumentWords, Rendered } from './reports/rendered.ts'
import type { DefinitionUses, GeneratedUses } from './reports/report-uses.ts'
import type { SubscriptionUses } from './subscriptions/subscription-uses.ts'

/** What is asked of a report; what may be seen is joined to it from the principal. */
export interface Asked {
  /** The report's default span up to now when absent. */
  readonly window?: Window
  readonly filter?: Filter
  readonly params?: Readonly<Record<string, unknown>>
  /** The report's own order when absent; column names, `-` before one that descends. */
  readonly order?: readonly string[]
  readonly page?: { readonly skip: number; readonly size: number }
  readonly after?: Cursor
  /** Whether the number of all rows is wanted; true when absent. */
  readonly total?: boolean
  /** For a report that lists events: columns of the event to answer beside the report's own, `raw` for instance. */
  readonly with?: readonly string[]
  readonly signal?: AbortSignal
}

export interface Answered {
  readonly rows: readonly Row[]
  readonly total: number | undefined
  /** Set when acknowledged events of the realm were not searchable in time: the number up to which they are. */
  readonly incomplete?: { readonly watermark: number }
}

/** An authenticated key with what is kept of it. */
export interface Authenticated {
  readonly principal: Principal
  /** Null for the keys that settings hold (the admin and the infra key). */
  readonly record: KeyRecord | null
  readonly authLevel: AuthLevel | null
}

export interface NewKey {
  readonly kind: 'api' | 'license'
  readonly name: string
  readonly realm?: { readonly tenantId: string; readonly communityId: string }
  readonly authLevel?: AuthLevel
  readonly user?: string
  readonly roles?: readonly string[]
  /** Epoch milliseconds. */
  readonly expiresAt?: number
  /** Licences made through the licence endpoints bring their own secret and names. */
  readonly secret?: string
  readonly tag?: string
  readonly keyId?: string
  readonly description?: string
  readonly disabled?: boolean
  readonly modules?: string
}

/** The use cases, made once. Permission is checked in here and nowhere else. */
export interface App {
  /** Turns a secret into a principal. @throws Fault `unauthenticated` */
  readonly authenticate: {
    /** The admin key or an api key, of the native API. */
    bearer(secret: string | undefined): Promise<Authenticated>
    /** A licence key, an infra key included. */
    licence(secret: string): Promise<Authenticated>
  }

  /**
   * Finds a realm that exists and that the principal may enter.
   * @throws Fault `forbidden` when it is not the principal's, `unknown-realm` when there is none (only said to a
   * principal of all realms, so that others cannot ask which exist).
   */
  enter(principal: Principal, tenantId: string, communityId: string): Promise<Realm>

  /** Takes events in; every receipt stands at its draft's place. Durable when it resolves. */
  ingest(principal: Principal, realm: Realm, drafts: readonly EventDraft[]): Promise<readonly Receipt[]>
  /** The limits that an event must keep; surfaces use it to inspect what was sent. */
  readonly eventLimits: import('../core/json-text.ts').EventLimits

  runReport(principal: Principal, realm: Realm, report: Report, asked: Asked): Promise<Answered>
  /**
   * Makes a report a file, with the principal's rights of now. Streams; bounded by the rows that a format shows.
   * @throws Fault as `runReport` does, before the first byte
   */
  renderReport(
    principal: Principal,
    realm: Realm,
    report: Report,
    asked: Omit<Asked, 'page' | 'after' | 'total' | 'with'>,
    format: Format,
    words?: DocumentWords,
  ): Promise<Rendered>
  /** Definitions of reports, and reports that were generated (Fudo API v2). */
  readonly definitions: DefinitionUses
  readonly generated: GeneratedUses

  /** All reports by id. */
  readonly reports: ReadonlyMap<string, Report>

  readonly realms: {
    create(principal: Principal, draft: RealmDraft): Promise<RealmRecord>
    get(principal: Principal, tenantId: string, communityId: string): Promise<RealmRecord>
    list(principal: Principal, options: { after?: string; limit: number }): Promise<readonly RealmRecord[]>
    update(
      principal: Principal,
      tenantId: string,
      communityId: string,
      change: {
        tenant?: { name?: string; tag?: string; dns?: readonly string[] }
        community?: { name?: string }
        timezone?: string | null
      },
    ): Promise<RealmRecord>
    remove(principal: Principal, tenantId: string, communityId: string): Promise<void>
    /** The zone on whose wall clock the realm's hours, days and months are counted: its own, else the server's. */
    zoneOf(realm: Realm): Promise<string>
    /** Sets the time zone of a realm, for a key of the realm that may configure it. */
    setZone(principal: Principal, realm: Realm, timezone: string): Promise<void>
    /** The id of the tenant that a host name is of, by its dns names and its tag. */
    tenantOfHost(host: string): Promise<string | undefined>
    /** For discovery, without a key: what a client must know of a tenant to talk to it. */
    discover(by: {
      dns?: string
      tenantId?: string
      communityId?: string
      communityName?: string
    }): Promise<RealmRecord | undefined>
  }

  readonly keys: {
    /** Answers the record and its secret, which is never told again. */
    create(principal: Principal, key: NewKey): Promise<{ record: KeyRecord; secret: string }>
    list(
      principal: Principal,
      options: { realm?: { tenantId: string; communityId: string }; after?: string; limit: number },
    ): Promise<readonly KeyRecord[]>
    remove(principal: Principal, id: string): Promise<void>
  }

  /** The licence endpoints' view of keys. Rights: contract of `/licenses`; never grants more than the caller has. */
  readonly licences: {
    put(
      caller: Authenticated,
      licence: {
        tag: string
        keyId: string
        keySecret: string
        description?: string
        disabled?: boolean
        expiry?: number
        authLevel?: AuthLevel
        modules?: string
      },
    ): Promise<KeyRecord>
    removeByKeyId(caller: Authenticated, keyId: string): Promise<void>
    authorise(
      caller: Authenticated,
      grant: { keyTag: string; communityId: string; isAuthorized: boolean; expiry?: number },
    ): Promise<void>
    deauthorise(caller: Authenticated, communityId: string, tag: string): Promise<void>
    /** Whether the caller's own licence is good for a community, and until when. */
    check(
      caller: Authenticated,
      communityId: string,
    ): Promise<{ isAuthorized: boolean; expiresAt: number | null; grant: LicenceGrant | null }>
  }

  /** The 1Kosmos services' key pairs. Private keys are unsealed only in here and in the envelope. */
  readonly serviceKeys: {
    /** The current key and, within the grace period, the former ones; newest first. Cached; cheap to call. */
    open(
      service: ServiceKeyRecord['service'],
    ): Promise<readonly { keyId: string; privateKey: Uint8Array; createdAt: number; retiredAt: number | null }[]>
    /** Listed for a `system` licence. */
    list(
      caller: Authenticated,
      service: ServiceKeyRecord['service'],
    ): Promise<readonly { keyId: string; privateKey: Uint8Array; createdAt: number; retiredAt: number | null }[]>
    /** @throws Fault `not-found` when no current key has this id */
    reset(caller: Authenticated, service: ServiceKeyRecord['service'], keyId: string): Promise<void>
  }

  /** Users, groups, roles, applications, things, and who may do what with them. */
  readonly directory: DirectoryApp

  readonly setAside: {
    list(
      principal: Principal,
      options: { realm?: { tenantId: string; communityId: string }; after?: string; limit: number },
    ): Promise<readonly SetAside[]>
    release(principal: Principal, id: string): Promise<{ seq: number }>
    discard(principal: Principal, id: string): Promise<void>
  }

  readonly jobs: JobUses
  readonly subscriptions: SubscriptionUses
  /** Completes what is asked of a report to what the store answers; for what runs in the background. */
  readonly complete: (
    principal: Principal,
    realm: Realm,
    report: Report,
    asked: Asked,
  ) => Promise<{ question: Question }>
  /** Makes a report a file in the background. */
  readonly requestExport: RequestExport

  /** Whether each part answers; used by the health endpoints. */
  health(): Promise<{ readonly events: boolean; readonly control: boolean; readonly inbox: boolean }>
}

export type { DeliveryRecord, JobRecord, KeyRecord, OpenedFile, Permission, RealmRecord, SetAside }
