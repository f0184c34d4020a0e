import type { Realm } from '../core/realm.ts'
import type { Standing } from '../core/schedule.ts'
import type { Owner, Question, RunFile, RunState, Sending, Subject } from '../core/subscription.ts'
import type { NewDelivery } from './jobs.ts'

/** The wish to get a report every day, week, month, quarter or year. Instants are epoch milliseconds. */
export interface SubscriptionRecord extends Sending {
  readonly id: string
  readonly realm: Realm
  readonly owner: Owner
  readonly subject: Subject
  readonly question: Question
  /** Whether it has a secret that signs its webhooks. */
  readonly signed: boolean
  readonly aim: Aim
  readonly createdBy: string
  readonly createdAt: number
  readonly modifiedAt: number
}

/** How far a subscription has come, and when it is due next. */
export interface Aim {
  /** The zone by which `due` was found. */
  readonly zone: string
  readonly standing: Standing
  readonly due: number
}

export type NewSubscription = Omit<SubscriptionRecord, 'realm' | 'signed'> & {
  readonly sealedSecret: Uint8Array | null
}

/** One line of the ledger: what became of one period of one subscription. */
export interface RunRecord {
  readonly id: string
  readonly subscriptionId: string
  readonly realm: Realm
  /** The period's name, or one of its own for a run that was asked for by hand. */
  readonly period: string
  readonly from: number
  /** Not part of it. */
  readonly to: number
  readonly zone: string
  readonly byHand: boolean
  readonly state: RunState
  /** Why it failed, was skipped, or why the last attempt did not succeed. */
  readonly reason: string | null
  readonly attempts: number
  readonly rows: number | null
  readonly files: readonly RunFile[]
  readonly dueAt: number
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
}

export type NewRun = Pick<RunRecord, 'id' | 'period' | 'from' | 'to' | 'zone' | 'byHand' | 'dueAt'> & {
  readonly state: 'pending' | 'skipped'
  readonly reason: string | null
}

/** The right to tick. A newer holder has a higher fence; the writes of an older one fail. */
export interface TickLease {
  readonly holder: string
  readonly fence: number
}

/** A subscription as the ticker meets it, with its realm's zone of now. */
export interface Due {
  readonly subscription: SubscriptionRecord
  readonly zone: string
}

export interface Subscriptions {
  /** @throws Fault `conflict` when the id is in use, or the owner has this definition at this cadence already. */
  create(realm: Realm, subscription: NewSubscription): Promise<SubscriptionRecord>
  get(realm: Realm, id: string): Promise<SubscriptionRecord | undefined>
  /** In order of id; `after` is the last id of the page before. */
  list(
    realm: Realm,
    options: { readonly owner?: string; readonly definition?: string; readonly after?: string; readonly limit: number },
  ): Promise<readonly SubscriptionRecord[]>
  /**
   * Changes what is said and notes what is skipped by it, in one transaction; undefined when there is none, or when it
   * moved on since it was read as `before`.
   * @throws Fault `conflict`
   */
  change(
    before: SubscriptionRecord,
    change: Partial<Sending & { question: Question; aim: Aim; owner: Owner; sealedSecret: Uint8Array | null }>,
    skipped: readonly NewRun[],
    now: number,
  ): Promise<SubscriptionRecord | undefined>
  /** Removes it; its ledger stays. False when there is none. */
  remove(realm: Realm, id: string, now: number): Promise<boolean>
  /** Removes every subscription of a definition; answers how many. */
  removeOfDefinition(realm: Realm, definition: string, now: number): Promise<number>
  /** The sealed secret that signs a subscription's webhooks, also after it was removed. */
  secret(id: string): Promise<Uint8Array | undefined>
  /** Replaces every sealed secret by what `reseal` makes of it, in one transaction; answers how many. */
  reseal(reseal: (sealed: Uint8Array) => Uint8Array): Promise<number>

  /** Takes or renews the ticker's lease; null while another holder has it. */
  lease(holder: string, now: number, ttlMs: number): Promise<TickLease | null>
  release(lease: TickLease): Promise<void>
  /** What is due, the longest first, in realms that there are; a realm without a zone has the standard one. */
  due(now: number, standardZone: string, limit: number): Promise<readonly Due[]>
  /** Those whose due instant was found by another zone than their realm has now. */
  strayed(standardZone: string, limit: number): Promise<readonly Due[]>
  /**
   * Moves a subscription on, with the lines of the ledger and the jobs of its runs, in one transaction. Nothing is done
   * and the answer is false when the lease is lost, or when the subscription moved, was changed or removed meanwhile.
   */
  advance(lease: TickLease, due: Due, aim: Aim, runs: readonly NewRun[], now: number): Promise<boolean>

  readonly runs: Runs
}

/** One attempt at a run; what an older one writes is not heard any more. */
export interface RunAttempt {
  readonly realm: Realm
  readonly run: string
  readonly job: string
  readonly attempt: number
}

/** The ledger. */
export interface Runs {
  /** Adds a run that was asked for by hand, with its job. */
  add(subscription: SubscriptionRecord, run: NewRun, now: number): Promise<RunRecord>
  get(realm: Realm, id: string): Promise<RunRecord | undefined>
  /** The newest first; `after` is the last id of the page before. */
  list(
    realm: Realm,
    subscriptionId: string,
    options: { readonly after?: string; readonly limit: number },
  ): Promise<readonly RunRecord[]>
  /** Says that an attempt began; false when the run has ended, or another attempt stands for it. */
  begin(attempt: RunAttempt, now: number): Promise<boolean>
  /** Says that an attempt did not succeed; `again` leaves the run waiting for the next. False when it is not this one's to say. */
  fail(attempt: RunAttempt, reason: string, again: boolean, now: number): Promise<boolean>
  /** Says what was made, with the messages that tell of it, in one transaction; false when it is not this attempt's to say. */
  made(
    attempt: RunAttempt,
    made: { readonly rows: number; readonly files: readonly RunFile[]; readonly deliveries: readonly NewDelivery[] },
    now: number,
  ): Promise<boolean>
  /** Puts a run that failed, or whose files are gone, back to waiting with a new job; false when it is neither. */
  again(run: RunRecord, now: number): Promise<boolean>
  /** Ends every run whose job ended without it, with the job's reason; answers those. */
  close(now: number): Promise<readonly RunRecord[]>
  /** Runs with files that ended before an instant, at most so many. */
  withFiles(finishedBefore: number, limit: number): Promise<readonly RunRecord[]>
  forgetFiles(realm: Realm, id: string): Promise<void>
  /** Forgets runs without files that ended before an instant, and their deliveries; answers how many. */
  forget(finishedBefore: number): Promise<number>
  /** How many of the ledger's runs stand in each state. */
  count(): Promise<Readonly<Partial<Record<RunState, number>>>>
}
