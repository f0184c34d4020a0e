/** Where an issue was found in what was sent. */
export type Place = 'header' | 'path' | 'query' | 'body' | 'event'

/** One thing that is wrong with what was sent: where, which name, which rule it breaks, and a sentence for its sender. */
export interface Issue {
  readonly where: Place
  /** The field's name as its sender wrote it; a path is dotted; empty for the whole. */
  readonly name: string
  /** A short machine word: `required`, `type`, `range`, `format`, `unknown`, `duplicate`, `size`, `depth`, `conflict`. */
  readonly rule: string
  readonly message: string
}

/** The closed list of what can go wrong, each with its details. No HTTP in here: every surface maps the whole list. */
export interface FaultDetails {
  invalid: { readonly issues: readonly Issue[] }
  'too-large': { readonly what: string; readonly limit: number; readonly unit: 'bytes' | 'events' }
  unauthenticated: { readonly reason: 'missing' | 'malformed' | 'unknown' | 'disabled' | 'expired' }
  forbidden: { readonly reason: 'realm' | 'permission' | 'level'; readonly need: string }
  'unknown-realm': { readonly tenantId: string; readonly communityId: string }
  'not-found': { readonly what: string; readonly id: string }
  conflict: { readonly what: string; readonly id: string; readonly why: string }
  'too-many': { readonly retryAfterSeconds: number }
  'inbox-full': { readonly why: string; readonly retryAfterSeconds: number }
  'engine-away': { readonly retryAfterSeconds: number }
  'control-away': { readonly retryAfterSeconds: number }
  'too-costly': { readonly why: string }
  cancelled: { readonly what: string }
}

export type FaultKind = keyof FaultDetails

/** The one error type that code below a surface throws on purpose. */
export class Fault<K extends FaultKind = FaultKind> extends Error {
  override readonly name = 'Fault'
  readonly kind: K
  readonly details: FaultDetails[K]

  constructor(kind: K, details: FaultDetails[K], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
    this.details = details
  }
}

/** Narrows an unknown error to a fault of one kind. */
export const isFault = <K extends FaultKind>(error: unknown, kind: K): error is Fault<K> =>
  error instanceof Fault && error.kind === kind

/** The fault of bad input; its message is that of its first issue. */
export const invalid = (issues: readonly Issue[]): Fault<'invalid'> =>
  new Fault('invalid', { issues }, issues.map((issue) => issue.message).join('; '))

/** A map over the whole closed list: a surface that forgets a kind does not compile. */
export type FaultMap<R> = { readonly [K in FaultKind]: (fault: Fault<K>) => R }

/** Answers a fault by its kind's entry in the map. */
export const answerFault = <R, K extends FaultKind>(map: FaultMap<R>, fault: Fault<K>): R =>
  (map[fault.kind] as (fault: Fault<K>) => R)(fault)
