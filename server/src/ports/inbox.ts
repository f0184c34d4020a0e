import type { Realm } from '../core/realm.ts'

/** Two hashes of 16 bytes, each as 32 lower-case hexadecimal digits. */
export interface Identity {
  readonly id: string
  readonly body: string
}

/** One event on its way in, ready for the store but for its number. */
export interface InboxEntry {
  readonly realm: Realm
  /** Hashes of realm and id, and of name and body, when the sender gave an id; null when the id is ours. */
  readonly identity: Identity | null
  /** Epoch milliseconds of the event itself; decides its month in the store. */
  readonly eventTs: number
  /** The event as one line of JSON (an object without `seq`); never holds a line break. */
  readonly row: string
}

/** What the inbox says of one entry; `new` is durable when it is said. */
export type Appended =
  | { readonly outcome: 'new'; readonly seq: number }
  | { readonly outcome: 'duplicate' }
  | { readonly outcome: 'conflict' }

/** An event read back by the mover, in `seq` order. */
export interface InboxRow {
  readonly seq: number
  readonly realm: Realm
  readonly eventTs: number
  /** Whether the sender gave the id, so that an event older than the id window is looked up before it is sent on. */
  readonly given: boolean
  readonly row: string
}

/**
 * What one insert into the store carries: the rows from `first` to `last` whose month is `month`, less `without`.
 * Committed before anything is sent; a replay sends exactly those rows under the same token.
 */
export interface Part {
  readonly token: string
  readonly first: number
  readonly last: number
  /** Year and month of the events, `YYYYMM`. */
  readonly month: number
  /** Numbers inside the bounds that are not sent: already in the store, or set aside. */
  readonly without: readonly number[]
}

/** The right to move, held by one process at a time. A newer lease has a higher fence; an older one's writes fail. */
export interface Lease {
  readonly holder: string
  readonly fence: number
}

export interface SetAside {
  readonly id: string
  readonly realm: Realm
  readonly seq: number
  readonly eventTs: number
  /** The store's words for why it refused the row. */
  readonly reason: string
  /** Epoch milliseconds. */
  readonly setAsideAt: number
  /** The row's JSON. */
  readonly row: string
}

export interface InboxDepth {
  readonly events: number
  readonly bytes: number
  /** Epoch milliseconds when the oldest waiting event was accepted; null when none waits. */
  readonly oldest: number | null
}

/** Where events are durable first, numbered in commit order from 1 without gaps. */
export interface Inbox extends AsyncDisposable {
  /** A random name made with the store; part of every deduplication token, so that two stores never share one. */
  readonly storeId: string

  /**
   * Commits entries in order, in as few transactions as its waiting callers allow; resolves when they are durable.
   * Entries of one call may be committed with those of other calls, and all or none of one call's are.
   * @throws Fault `inbox-full` when rows, bytes or free disk have run out; `control-away` when the store cannot be reached.
   */
  append(entries: readonly InboxEntry[]): Promise<readonly Appended[]>

  /** The highest number that was acknowledged for a realm and still waits; 0 when none does. */
  waiting(realm: Realm): Promise<number>

  /** The number up to which everything committed is in the store. */
  watermark(): Promise<number>

  depth(): Promise<InboxDepth>

  /** Epoch milliseconds since when every id is surely remembered. */
  windowStart(): Promise<number>

  /** Resolves when something was appended since the last call, or after `timeoutMs`. */
  changed(timeoutMs: number): Promise<void>

  /** Takes or renews the lease; null while another process holds it. */
  lease(holder: string, ttlMs: number): Promise<Lease | null>
  /** Gives the lease back, so that another process need not wait for it to run out. */
  release(lease: Lease): Promise<void>

  /**
   * Waiting rows with a number above `after`, in order, without those set aside; about so many rows and bytes. Rows are
   * kept in blocks of at most 1,000 and about 4 MB, which are read whole, and at least one when any waits: so the last
   * row's number is one that `settle` can take.
   */
  read(after: number, limit: { readonly rows: number; readonly bytes: number }): Promise<readonly InboxRow[]>
  /** The rows of a part: within its bounds, of its month, without the left-out and the set-aside ones. */
  rowsOf(part: Part): Promise<readonly InboxRow[]>

  /** The parts that were planned and not settled, in order. */
  planned(): Promise<readonly Part[]>
  /** Commits parts before they are sent. @throws Error when the lease is no longer held. */
  plan(lease: Lease, parts: readonly Part[]): Promise<void>
  /** Replaces one planned part by others (halves of it, or none), and sets rows aside, in one transaction. */
  replace(
    lease: Lease,
    part: Part,
    by: readonly Part[],
    aside: readonly Omit<SetAside, 'id' | 'setAsideAt'>[],
  ): Promise<void>
  /** After every planned part was sent: moves the watermark to `upTo`, deletes rows up to it and all planned parts. */
  settle(lease: Lease, upTo: number): Promise<void>

  /** In order of number; `after` is the last id of the page before. */
  listSetAside(options: {
    readonly realm?: Realm
    readonly after?: string
    readonly limit: number
  }): Promise<readonly SetAside[]>
  /**
   * Puts a set-aside event back in the inbox under a new number; undefined when there is none of that id.
   * @throws Fault `conflict` when an event of the same sender's id was accepted since; `inbox-full`.
   */
  releaseSetAside(id: string): Promise<{ readonly seq: number } | undefined>
  discardSetAside(id: string): Promise<boolean>
  countSetAside(): Promise<number>
}

export interface InboxLimits {
  /** Most waiting events. */
  readonly rows: number
  /** Most waiting bytes. */
  readonly bytes: number
  /**
   * Free disk below which nothing more is taken, in bytes (embedded store only). Moving what waits needs some of it: the
   * write-ahead log is copied into the database, so 64 MB is little and 256 MB is comfortable.
   */
  readonly freeDisk: number
  /** How long an id is surely remembered, in milliseconds. */
  readonly windowMs: number
  /** How many ids are remembered at most in one of the two generations. */
  readonly windowIds: number
}
