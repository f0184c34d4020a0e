import { answerFault, type Fault, type FaultMap, type Issue } from '../../core/fault.ts'
import type { FaultAnswer, SurfaceContext } from '../../http/surface.ts'
import { headerNames } from './envelope/headers.ts'
import { type Profile, profileOf } from './profile.ts'

/** What an unknown, disabled or expired licence hears; the live service's words. */
export const badLicence = 'Invalid or Unauthorized License'

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Payload Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

const plain = (status: number, message: string): FaultAnswer => ({
  status,
  body: { statusCode: status, error: reasons[status], message },
})

const later = (seconds: number, message: string, status: 429 | 503 = 503): FaultAnswer => ({
  ...plain(status, message),
  headers: { 'retry-after': String(seconds) },
})

/** One entry of `errors`, as the live service says it. */
const said = (issue: Issue): { message: string; param: string } => ({
  message: issue.message,
  param: issue.name === '' ? issue.where : issue.name,
})

const protective: readonly string[] = headerNames
const ofHeader = (issue: Issue): boolean => issue.where === 'header' && protective.includes(issue.name)

const refused = (issues: readonly Issue[], profile: Profile): FaultAnswer => {
  const status = issues.some(ofHeader) ? profile.badHeader : 400
  const errors = issues.map(said)
  if (profile.badRequest === 'errors') return { status, body: { errors } }
  const message = errors[0]?.message ?? 'Validation error'
  return { status, body: { statusCode: status, error: reasons[status], message, errors } }
}

const answers = (profile: Profile): FaultMap<FaultAnswer> => ({
  invalid: (fault) => refused(fault.details.issues, profile),
  conflict: (fault) =>
    refused([{ where: 'event', name: fault.details.what, rule: 'conflict', message: fault.message }], profile),
  'too-large': (fault) => plain(413, fault.message),
  unauthenticated: () => plain(401, badLicence),
  forbidden: (fault) => plain(403, fault.message),
  'unknown-realm': (fault) => plain(404, fault.message),
  'not-found': (fault) => plain(404, fault.message),
  'too-many': (fault) => later(fault.details.retryAfterSeconds, fault.message, 429),
  'inbox-full': (fault) => later(fault.details.retryAfterSeconds, fault.message),
  'engine-away': (fault) => later(fault.details.retryAfterSeconds, fault.message),
  'control-away': (fault) => later(fault.details.retryAfterSeconds, fault.message),
  'too-costly': (fault) => plain(400, fault.message),
  cancelled: (fault) => plain(400, fault.message),
})

/** Says a fault as the 1Kosmos services do, in the words and the body of the deployment's profile. */
export const answer = (fault: Fault, context: SurfaceContext): FaultAnswer =>
  answerFault(answers(profileOf(context)), fault)

/** A 500: only the request's id, by which the operator finds the line in the log. */
export const broken = (requestId: string): FaultAnswer =>
  plain(500, `Something went wrong on our side; the log has more under request ${requestId}`)
