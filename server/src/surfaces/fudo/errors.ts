import { answerFault, type Fault, type FaultMap, type Issue } from '../../core/fault.ts'
import type { FaultAnswer } from '../../http/surface.ts'

/** The document says nothing of failures: this form is ours, and always JSON. */
export interface Failure {
  readonly result: 'failure'
  readonly message: string
  /** What is wrong with an attribute or parameter, by its name. */
  readonly errors?: Readonly<Record<string, readonly string[]>>
}

export const failure = (
  status: number,
  message: string,
  more: { headers?: Readonly<Record<string, string>>; errors?: Failure['errors'] } = {},
): FaultAnswer & { readonly body: Failure } => ({
  status,
  ...(more.headers ? { headers: more.headers } : {}),
  body: { result: 'failure', message, ...(more.errors ? { errors: more.errors } : {}) },
})

const byName = (issues: readonly Issue[]): Failure['errors'] => {
  const named = issues.filter(({ name }) => name !== '')
  if (named.length === 0) return undefined
  const groups = Map.groupBy(named, ({ name }) => name)
  return Object.fromEntries([...groups].map(([name, of]) => [name, of.map(({ message }) => message)]))
}

const later = (status: number) => (fault: Fault & { details: { retryAfterSeconds: number } }) =>
  failure(status, fault.message, { headers: { 'retry-after': String(fault.details.retryAfterSeconds) } })

const map: FaultMap<FaultAnswer & { readonly body: Failure }> = {
  invalid: (fault) => failure(400, fault.message, { errors: byName(fault.details.issues) }),
  'too-large': (fault) => failure(413, fault.message),
  unauthenticated: (fault) =>
    failure(
      401,
      fault.details.reason === 'missing' ? 'Send an api key of a realm: Authorization: <key>' : fault.message,
    ),
  forbidden: (fault) => failure(403, fault.message),
  'unknown-realm': (fault) => failure(404, fault.message),
  'not-found': (fault) => failure(404, fault.message),
  conflict: (fault) => failure(409, fault.message),
  'too-many': later(429),
  'inbox-full': later(503),
  'engine-away': later(503),
  'control-away': later(503),
  'too-costly': (fault) => failure(422, fault.message),
  cancelled: (fault) => failure(503, fault.message),
}

export const answer = (fault: Fault): FaultAnswer & { readonly body: Failure } => answerFault(map, fault)

export const broken = (requestId: string): FaultAnswer =>
  failure(500, `Something went wrong on our side. The operator finds more in the log under request ${requestId}.`)
