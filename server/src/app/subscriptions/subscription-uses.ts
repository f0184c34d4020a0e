import type { Filter } from '../../core/filter.ts'
import type { Format } from '../../core/format.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import type { Period } from '../../core/schedule.ts'
import type { Recipient, RunFile, Sending, Subject } from '../../core/subscription.ts'
import type { DeliveryRecord } from '../../ports/jobs.ts'
import type { RunRecord, SubscriptionRecord } from '../../ports/subscriptions.ts'

/** A subscription that somebody asks for, for themselves. */
export interface SubscriptionDraft extends Pick<Sending, 'cadence' | 'formats' | 'recipients'> {
  /** An id of the asker's own; one of ours when absent. */
  readonly id?: string
  readonly subject: Subject
  readonly params?: Readonly<Record<string, unknown>>
  readonly filter?: Filter
  readonly order?: readonly string[]
  /** The filter as its asker wrote it, given back as it is. */
  readonly wrote?: unknown
  /** `HH:MM` on the realm's clock; 06:00 when absent. */
  readonly time?: string
  readonly paused?: boolean
}

export interface SubscriptionChange extends Partial<Sending> {
  /** Whether its webhooks get a new secret. */
  readonly newSecret?: boolean
}

/** A subscription with what comes next: the period under way, and when its report goes out. */
export interface SubscriptionSeen extends SubscriptionRecord {
  readonly next: { readonly period: Period; readonly due: number } | null
}

/** The secret that signs its webhooks, told when it was made and never again. */
export interface SubscriptionMade {
  readonly subscription: SubscriptionSeen
  readonly secret: string | null
}

/** How a run ended for those who wait for it. */
export type Outcome = 'pending' | 'running' | 'delivered' | 'failed' | 'skipped'

/** A file with the signed address that opens it for a while. */
export type LinkedFile = RunFile & { readonly link: string }

/** A line of the ledger with what became of each message. */
export interface RunSeen extends Omit<RunRecord, 'state' | 'files'> {
  readonly state: Outcome
  readonly files: readonly LinkedFile[]
  readonly deliveries: readonly Omit<DeliveryRecord, 'message' | 'realm'>[]
}

/** What a definition asks at the moment: a report of the house, and how. */
export interface Defined {
  readonly report: Report
  readonly title: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly filter?: Filter
  readonly order?: readonly string[]
}

/** Definitions are kept by whoever has them; a subscription knows their id. */
export interface Definitions {
  /** What a definition asks, as this principal may see it; undefined when there is none of that id for them. */
  resolve(principal: Principal, realm: Realm, definition: string): Promise<Defined | undefined>
  /** Told that a run of a definition was made, before it is delivered; telling it twice changes nothing. */
  made?(principal: Principal, realm: Realm, definition: string, defined: Defined, run: RunRecord): Promise<void>
}

/** Reports that are sent by themselves. Everything is the caller's own, unless the caller may read everybody's reports. */
export interface SubscriptionUses {
  /** @throws Fault `invalid`, `forbidden`, `conflict` when the caller has this definition for this period already */
  create(caller: Principal, realm: Realm, draft: SubscriptionDraft): Promise<SubscriptionMade>
  get(caller: Principal, realm: Realm, id: string): Promise<SubscriptionSeen>
  /** In order of id; `after` is the last id of the page before. */
  list(
    caller: Principal,
    realm: Realm,
    options: { readonly definition?: string; readonly after?: string; readonly limit: number },
  ): Promise<readonly SubscriptionSeen[]>
  update(caller: Principal, realm: Realm, id: string, change: SubscriptionChange): Promise<SubscriptionMade>
  /** Ends it; its ledger stays. */
  remove(caller: Principal, realm: Realm, id: string): Promise<void>
  /** Ends every subscription of a definition that goes away; its owner's right to remove it is the caller's to check. */
  removeOfDefinition(realm: Realm, definition: string): Promise<number>

  /** The ledger, the newest first. */
  runs(
    caller: Principal,
    realm: Realm,
    id: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly RunSeen[]>
  run(caller: Principal, realm: Realm, id: string, runId: string): Promise<RunSeen>
  /** Makes the report of the last period that ended, now and beside the schedule. */
  runNow(caller: Principal, realm: Realm, id: string): Promise<RunSeen>
  /**
   * Sends a run again: one that failed is made again, one that was made goes out again to everybody, or with a delivery
   * to its recipient only.
   */
  resend(caller: Principal, realm: Realm, id: string, runId: string, delivery?: string): Promise<RunSeen>
}

export type { Format, Recipient }
