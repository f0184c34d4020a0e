import type { FaultDetails, FaultKind } from '../../../core/fault.ts'
import type { Committed } from '../inbox/engine.ts'

/** One statement with its values. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** What a statement did: the rows it answered, and how many it changed. */
export interface Ran {
  readonly rows: readonly Record<string, unknown>[]
  readonly changes: number
}

/** A statement of a transaction that is undone whole when this one changes or answers fewer rows than `atLeast`. */
export interface Step extends Statement {
  readonly atLeast?: number
}

/** A group of entries in a form that crosses threads cheaply. */
export interface PackedGroup {
  /** Epoch milliseconds of now. */
  readonly at: number
  /** 1 where the sender gave the id. */
  readonly given: Uint8Array
  /** 32 bytes each: the hash of the id, the hash of the body. */
  readonly identities: Uint8Array
  readonly runs: readonly {
    readonly tenantId: string
    readonly communityId: string
    readonly from: number
    readonly to: number
    /** The lines of its entries, one text: it crosses as one copy, and is the block when all of them are new. */
    readonly lines: string
  }[]
  /** The number of the set-aside event that this group puts back. */
  readonly release: number | null
}

/** What the database's thread does, each with what it is given and what it answers. */
export interface Operations {
  exec: { ask: { readonly script: string }; answer: null }
  run: { ask: Statement; answer: Ran }
  /** All steps in one transaction; null and nothing done when one met too few rows. */
  batch: { ask: { readonly steps: readonly Step[] }; answer: readonly Ran[] | null }
  /** Null and nothing done when the event to release is not there. */
  append: { ask: PackedGroup; answer: Committed | null }
  close: { ask: null; answer: null }
}

export type OperationName = keyof Operations

export interface Request<N extends OperationName = OperationName> {
  readonly id: number
  readonly name: N
  readonly ask: Operations[N]['ask']
}

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly fault?: SentFault } }

export interface SentFault {
  readonly kind: FaultKind
  readonly details: FaultDetails[FaultKind]
}

/** What the thread needs to open its database. */
export interface ThreadData {
  readonly file: string
  readonly readOnly: boolean
  readonly cacheBytes: number
  /** Only for the thread that appends. */
  readonly limits: {
    readonly rows: number
    readonly bytes: number
    readonly freeDisk: number
    readonly windowMs: number
    readonly windowIds: number
  } | null
}
