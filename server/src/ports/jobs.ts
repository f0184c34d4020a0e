import type { Channel, DeliveryState, JobStatus } from '../core/job.ts'
import type { Realm } from '../core/realm.ts'

/** Work in the background that a user can see, follow and cancel. Instants are epoch milliseconds. */
export interface JobRecord {
  readonly id: string
  readonly realm: Realm
  /** The kind of job, by the name of its file in app/tasks; `external` for one that another worker does. */
  readonly kind: string
  /** An external job's is its sender's own word. */
  readonly status: JobStatus | (string & {})
  /** The principal that asked for it. */
  readonly owner: string
  /** Who asked, as people call them; an e-mail address mostly. */
  readonly requestedBy: string
  /** JSON; what the kind needs to run. */
  readonly payload: unknown
  /** JSON; what the kind answered. */
  readonly result: unknown
  /** Why it failed, as a sentence. */
  readonly reason: string | null
  /** Rows written so far. */
  readonly rows: number
  /** The file it made: its name in the file store, and its bytes. */
  readonly file: string | null
  readonly bytes: number | null
  readonly attempts: number
  readonly mostAttempts: number
  readonly createdAt: number
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** Not claimed before. */
  readonly dueAt: number
}

export interface NewJob {
  readonly id: string
  readonly kind: string
  readonly owner: string
  readonly requestedBy: string
  readonly payload: unknown
  readonly mostAttempts: number
  readonly createdAt: number
  readonly dueAt?: number
  /** External jobs come with their own. */
  readonly status?: string
  readonly finishedAt?: number | null
  readonly bytes?: number | null
}

/** The right to work on a job. A newer claim has a higher fence; the writes of an older one fail. */
export interface JobLease {
  readonly id: string
  readonly holder: string
  readonly fence: number
}

export interface ClaimedJob {
  readonly job: JobRecord
  readonly lease: JobLease
}

export const jobOrders = ['id', 'createdAt', 'finishedAt', 'status', 'requestedBy', 'bytes'] as const
export type JobOrder = (typeof jobOrders)[number]

/** One message to one recipient. */
export interface DeliveryRecord {
  readonly id: string
  readonly realm: Realm
  /** What it tells of: a job, or a run of a subscription. */
  readonly owner: { readonly kind: 'job' | 'run'; readonly id: string }
  readonly channel: Channel
  /** An e-mail address, or a webhook's address. */
  readonly address: string
  readonly state: DeliveryState
  readonly attempts: number
  readonly error: string | null
  /** Stays the same over all attempts, so that a receiver can tell a repeat. */
  readonly messageId: string
  /** What is sent, as its channel's courier reads it. JSON. */
  readonly message: unknown
  readonly createdAt: number
  readonly dueAt: number
  readonly sentAt: number | null
}

export type NewDelivery = Pick<DeliveryRecord, 'id' | 'owner' | 'channel' | 'address' | 'messageId' | 'message'>

export interface Jobs {
  /** @throws Fault `conflict` when the realm has a job of this id, or another one has it. */
  create(realm: Realm, job: NewJob): Promise<JobRecord>
  get(realm: Realm, id: string): Promise<JobRecord | undefined>
  /** A page of the realm's jobs; without an order the newest first. */
  list(
    realm: Realm,
    options: {
      /** Every kind when absent. */
      readonly kinds?: readonly string[]
      readonly owner?: string
      readonly order?: readonly { readonly by: JobOrder; readonly descends: boolean }[]
      readonly skip: number
      readonly size: number
    },
  ): Promise<{ readonly jobs: readonly JobRecord[]; readonly total: number }>

  /**
   * Takes the next job that is due, or whose worker's lease ran out, of one of these kinds. Realms take turns: the one
   * with the fewest running jobs first, then the one that was given none for longest; in a realm the longest due. One
   * whose attempts are used up fails instead.
   */
  claim(options: {
    readonly kinds: readonly string[]
    readonly holder: string
    readonly now: number
    readonly leaseMs: number
  }): Promise<ClaimedJob | undefined>
  /** Keeps the lease and tells the rows so far; false when it is not held any more: taken over, or cancelled. */
  renew(lease: JobLease, until: number, rows: number): Promise<boolean>
  /** Ends a job well, with the messages that tell of it, in one transaction; false when the lease is not held. */
  complete(
    lease: JobLease,
    done: {
      readonly result: unknown
      readonly file: string | null
      readonly bytes: number | null
      readonly rows: number
      readonly deliveries: readonly NewDelivery[]
    },
    now: number,
  ): Promise<boolean>
  /** Ends a job badly, or gives it another try at an instant; false when the lease is not held. */
  fail(
    lease: JobLease,
    why: { readonly reason: string; readonly retryAt: number | null },
    now: number,
  ): Promise<boolean>
  /** Gives the job back unfinished, without counting the attempt. */
  release(lease: JobLease, now: number): Promise<boolean>
  /** Cancels a job that has not ended; false when it has. */
  cancel(realm: Realm, id: string, now: number): Promise<boolean>
  /** Says anew how an external job stands; undefined when there is none of that id. */
  report(
    realm: Realm,
    id: string,
    change: {
      readonly status: string
      readonly payload: unknown
      readonly finishedAt?: number | null
      readonly bytes?: number | null
    },
  ): Promise<JobRecord | undefined>

  /** Jobs with a file that ended before an instant, at most so many. */
  withFiles(endedBefore: number, limit: number): Promise<readonly JobRecord[]>
  /** Says that a job's file is gone. */
  forgetFile(realm: Realm, id: string): Promise<void>
  /** Removes jobs without a file that ended before an instant, and their deliveries; answers how many. */
  forget(endedBefore: number): Promise<number>
}

export interface Deliveries {
  create(realm: Realm, deliveries: readonly NewDelivery[], now: number): Promise<void>
  /** Those of one job or run, in the order in which they were made. */
  of(realm: Realm, owner: DeliveryRecord['owner']): Promise<readonly DeliveryRecord[]>
  get(realm: Realm, id: string): Promise<DeliveryRecord | undefined>
  /** Takes the next that is due and commits it as `sending`, until so long. */
  claim(options: {
    readonly channels: readonly Channel[]
    readonly now: number
    readonly untilMs: number
  }): Promise<DeliveryRecord | undefined>
  /** Says how a sending ended; `pending` tries again at `dueAt`. False when it was not `sending` in this attempt. */
  settle(
    delivery: DeliveryRecord,
    end: {
      readonly state: Exclude<DeliveryState, 'sending'>
      readonly error: string | null
      readonly dueAt?: number
    },
    now: number,
  ): Promise<boolean>
  /** Turns every one whose sending was not ended in time to `unknown`; answers how many. */
  doubt(now: number): Promise<number>
  /** Puts one that failed, or that is unknown, back to `pending`; false when it is in another state. */
  again(realm: Realm, id: string, now: number): Promise<boolean>
}
