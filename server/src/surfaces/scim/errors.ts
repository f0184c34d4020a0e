import { answerFault, type Fault, type FaultMap, type Issue, invalid, type Place } from '../../core/fault.ts'
import type { FaultAnswer } from '../../http/surface.ts'

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error'
export const MEDIA_TYPE = 'application/scim+json; charset=utf-8'

/** The words of RFC 7644, section 3.12, that a refusal of bad input may carry. */
const scimTypes = [
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
  'invalidVers',
] as const

export type ScimType = (typeof scimTypes)[number]

const isScimType = (rule: string): rule is ScimType => (scimTypes as readonly string[]).includes(rule)

/** A refusal of bad input, in SCIM's words. */
export const refused = (scimType: ScimType, name: string, message: string, where: Place = 'body'): Fault<'invalid'> =>
  invalid([{ where, name, rule: scimType, message }])

const typeOf = (issues: readonly Issue[]): ScimType => {
  const rule = issues[0]?.rule ?? ''
  if (isScimType(rule)) return rule
  const whole = issues.some(({ where, name }) => where === 'body' && name === '')
  return whole ? 'invalidSyntax' : 'invalidValue'
}

const problem = (
  status: number,
  detail: string,
  more: { scimType?: ScimType; headers?: Readonly<Record<string, string>> } = {},
): FaultAnswer => ({
  status,
  headers: { 'content-type': MEDIA_TYPE, ...more.headers },
  body: {
    schemas: [ERROR_SCHEMA],
    status: String(status),
    ...(more.scimType ? { scimType: more.scimType } : {}),
    detail,
  },
})

const later = (status: number) => (fault: Fault & { details: { retryAfterSeconds: number } }) =>
  problem(status, fault.message, { headers: { 'retry-after': String(fault.details.retryAfterSeconds) } })

const map: FaultMap<FaultAnswer> = {
  invalid: (fault) => problem(400, fault.message, { scimType: typeOf(fault.details.issues) }),
  'too-large': (fault) => problem(413, fault.message),
  unauthenticated: (fault) =>
    problem(401, fault.message, { headers: { 'www-authenticate': 'Bearer realm="rollcall"' } }),
  forbidden: (fault) => problem(403, fault.message),
  'unknown-realm': (fault) => problem(404, fault.message),
  'not-found': (fault) => problem(404, fault.message),
  conflict: (fault) =>
    fault.details.why === 'version'
      ? problem(412, fault.message)
      : problem(409, fault.message, { scimType: 'uniqueness' }),
  'too-many': later(429),
  'inbox-full': later(503),
  'engine-away': later(503),
  'control-away': later(503),
  'too-costly': (fault) => problem(400, fault.message, { scimType: 'tooMany' }),
  cancelled: (fault) => problem(503, fault.message),
}

/** Says a fault as RFC 7644 has it, section 3.12. */
export const answerScim = (fault: Fault): FaultAnswer => answerFault(map, fault)

export const brokenScim = (requestId: string): FaultAnswer =>
  problem(500, `Something went wrong here; the operator finds it in the log as ${requestId}`)
