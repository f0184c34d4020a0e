import { answerFault, type Fault, type FaultMap, type Issue } from '../../core/fault.ts'
import type { FaultAnswer } from '../../http/surface.ts'

/** What the dialect's clients ask for before they parse a body. */
export const jsonType = 'application/json;charset=UTF-8'

interface Said {
  readonly code: string
  readonly message: string
}

/** The dialect's word for what is wrong with a field, in front of the field's name. */
const kinds: Readonly<Record<string, string>> = {
  required: 'missing',
  blank: 'blank',
  format: 'couldNotConvert',
  type: 'couldNotConvert',
  duplicate: 'duplicate',
  conflict: 'duplicate',
}

const ofField = (issue: Issue): Said => ({
  code: `[${kinds[issue.rule] ?? 'invalid'}]${issue.name}`,
  message: issue.message,
})

const ofAll = (issue: Issue): Said => ({
  code: /^[A-Z]/.test(issue.rule) ? `[${issue.rule}]` : '[InvalidRequest]',
  message: issue.message,
})

const refused = (issues: readonly Issue[]): FaultAnswer => {
  const general = issues.filter(({ name }) => name === '')
  const byField = Map.groupBy(
    issues.filter(({ name }) => name !== ''),
    ({ name }) => name,
  )
  const fieldErrors = Object.fromEntries([...byField].map(([name, of]) => [name, of.map(ofField)]))
  return {
    status: 400,
    headers: { 'content-type': jsonType },
    body: {
      ...(byField.size > 0 ? { fieldErrors } : {}),
      ...(general.length > 0 ? { generalErrors: general.map(ofAll) } : {}),
    },
  }
}

const general = (status: number, code: string, message: string): FaultAnswer => ({
  status,
  headers: { 'content-type': jsonType },
  body: { generalErrors: [{ code: `[${code}]`, message }] },
})

const later =
  (status: 429 | 503, code: string) =>
  (fault: Fault & { details: { retryAfterSeconds: number } }): FaultAnswer => ({
    ...general(status, code, fault.message),
    headers: { 'content-type': jsonType, 'retry-after': String(fault.details.retryAfterSeconds) },
  })

/** No body and no content type: the clients then answer their caller the status alone. */
const empty = (status: number) => (): FaultAnswer => ({ status })

const map: FaultMap<FaultAnswer> = {
  invalid: (fault) => refused(fault.details.issues),
  conflict: (fault) => refused([{ where: 'body', name: fault.details.what, rule: 'conflict', message: fault.message }]),
  'too-large': (fault) => general(413, 'TooLarge', fault.message),
  unauthenticated: empty(401),
  forbidden: empty(401),
  'unknown-realm': empty(404),
  'not-found': empty(404),
  'too-many': later(429, 'TooManyRequests'),
  'inbox-full': later(503, 'Unavailable'),
  'engine-away': later(503, 'Unavailable'),
  'control-away': later(503, 'Unavailable'),
  'too-costly': (fault) => general(400, 'TooCostly', fault.message),
  cancelled: (fault) => general(503, 'Cancelled', fault.message),
}

/** Says a fault as Passport does: `fieldErrors` and `generalErrors`, or nothing but the status. */
export const answer = (fault: Fault): FaultAnswer => answerFault(map, fault)

/** A 500 is empty; the log has the rest. */
export const broken = (): FaultAnswer => ({ status: 500 })
