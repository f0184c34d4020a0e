import { answerFault, type Fault, type FaultMap } from '../../core/fault.ts'
import type { FaultAnswer } from '../../http/surface.ts'

const type = 'application/json; charset=utf-8'

interface Said {
  readonly code: string
  readonly message: string
  /** The parameter or field that is wrong. */
  readonly field?: string
}

const said = (
  status: number,
  errors: readonly Said[],
  headers: Readonly<Record<string, string>> = {},
): FaultAnswer => ({
  status,
  headers: { 'content-type': type, ...headers },
  body: { errors },
})

const one = (status: number, code: string) => (fault: Fault) => said(status, [{ code, message: fault.message }])

const later = (status: 429 | 503, code: string) => (fault: Fault & { details: { retryAfterSeconds: number } }) =>
  said(status, [{ code, message: fault.message }], { 'retry-after': String(fault.details.retryAfterSeconds) })

const asks = { 'www-authenticate': 'Bearer realm="nevis"' }

const map: FaultMap<FaultAnswer> = {
  invalid: (fault) =>
    said(
      400,
      fault.details.issues.map(({ name, message }) => ({
        code: 'invalidRequest',
        message,
        ...(name === '' ? {} : { field: name }),
      })),
    ),
  'too-large': one(413, 'tooLarge'),
  unauthenticated: (fault) => said(401, [{ code: 'invalidAccessKey', message: fault.message }], asks),
  // A key of another instance is no key here; one of this instance without the right is told so.
  forbidden: (fault) =>
    fault.details.reason === 'realm'
      ? said(401, [{ code: 'invalidAccessKey', message: fault.message }], asks)
      : said(403, [{ code: 'forbidden', message: fault.message }]),
  'unknown-realm': one(404, 'notFound'),
  'not-found': one(404, 'notFound'),
  conflict: one(409, 'conflict'),
  'too-many': later(429, 'tooManyRequests'),
  'inbox-full': later(503, 'unavailable'),
  'engine-away': later(503, 'unavailable'),
  'control-away': later(503, 'unavailable'),
  'too-costly': one(422, 'tooCostly'),
  cancelled: one(503, 'cancelled'),
}

/** Says a fault as Nevis does: a list of errors, each with a code and a sentence. */
export const answer = (fault: Fault): FaultAnswer => answerFault(map, fault)

export const broken = (requestId: string): FaultAnswer =>
  said(500, [
    { code: 'unexpectedError', message: `Something went wrong on our side; the log has more under ${requestId}.` },
  ])

/** An address that nothing is served at, or not with this method. */
export const nowhere = (method: string, address: string, allowed: string | undefined): FaultAnswer =>
  allowed === undefined
    ? said(404, [{ code: 'notFound', message: `There is nothing at ${address}` }])
    : said(405, [{ code: 'methodNotAllowed', message: `${address} does not take ${method}; it takes ${allowed}` }], {
        allow: allowed,
      })
