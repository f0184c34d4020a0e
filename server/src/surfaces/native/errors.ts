import { answerFault, type Fault, type FaultKind, type FaultMap, type Issue } from '../../core/fault.ts'
import type { FaultAnswer } from '../../http/surface.ts'

/** A problem document as RFC 9457 has it, with the issues of bad input as an extension. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly issues?: readonly Issue[]
}

const titles: Readonly<Record<FaultKind, string>> = {
  invalid: 'What was sent is not valid',
  'too-large': 'What was sent is too large',
  unauthenticated: 'A key is needed',
  forbidden: 'The key may not do this',
  'unknown-realm': 'There is no such realm',
  'not-found': 'There is no such thing',
  conflict: 'It is there already',
  'too-many': 'Too many requests',
  'inbox-full': 'No room for more events',
  'engine-away': 'The event store does not answer',
  'control-away': 'The state store does not answer',
  'too-costly': 'The question costs too much',
  cancelled: 'The question was cancelled',
}

const problem = (
  status: number,
  fault: Fault,
  extra: { headers?: Readonly<Record<string, string>>; issues?: readonly Issue[] } = {},
): FaultAnswer & { readonly body: Problem } => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...extra.headers },
  body: {
    type: `urn:rollcall:problem:${fault.kind}`,
    title: titles[fault.kind],
    status,
    detail: fault.message,
    ...(extra.issues ? { issues: extra.issues } : {}),
  },
})

const later = (status: number) => (fault: Fault & { details: { retryAfterSeconds: number } }) =>
  problem(status, fault, { headers: { 'retry-after': String(fault.details.retryAfterSeconds) } })

/** Whether the header `Accept` takes nothing that there is. */
const isAccept = ({ where, name }: Issue): boolean => where === 'header' && name === 'accept'

const map: FaultMap<FaultAnswer & { readonly body: Problem }> = {
  invalid: (fault) => {
    const { issues } = fault.details
    return problem(issues.some(isAccept) ? 406 : 400, fault, { issues })
  },
  'too-large': (fault) => problem(413, fault),
  unauthenticated: (fault) => problem(401, fault, { headers: { 'www-authenticate': 'Bearer realm="rollcall"' } }),
  forbidden: (fault) => problem(403, fault),
  'unknown-realm': (fault) => problem(404, fault),
  'not-found': (fault) => problem(404, fault),
  conflict: (fault) => problem(fault.details.why === 'version' ? 412 : 409, fault),
  'too-many': later(429),
  'inbox-full': later(503),
  'engine-away': later(503),
  'control-away': later(503),
  'too-costly': (fault) => problem(422, fault),
  cancelled: (fault) => problem(503, fault),
}

/** Says a fault as a problem document (RFC 9457). */
export const answerProblem = (fault: Fault): FaultAnswer & { readonly body: Problem } => answerFault(map, fault)

/** The problem document of what nobody foresaw. */
export const brokenProblem = (requestId: string): FaultAnswer => ({
  status: 500,
  headers: { 'content-type': 'application/problem+json' },
  body: {
    type: 'urn:rollcall:problem:broken',
    title: 'Something went wrong on our side',
    status: 500,
    detail: `The operator finds more in the log under request ${requestId}.`,
  },
})
