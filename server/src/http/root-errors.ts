import type { Fault } from '../core/fault.ts'
import type { FaultAnswer } from './surface.ts'

/** Faults of requests that no surface took: too many of them, or malformed ones. */
export const answerRoot = (fault: Fault): FaultAnswer => {
  const status =
    fault.kind === 'too-many' ? 429 : fault.kind === 'too-large' ? 413 : fault.kind === 'not-found' ? 404 : 400
  const retry = 'retryAfterSeconds' in fault.details ? { 'retry-after': String(fault.details.retryAfterSeconds) } : {}
  return { status, headers: retry, body: { status, title: fault.kind, detail: fault.message } }
}

export const brokenRoot = (requestId: string): FaultAnswer => ({
  status: 500,
  body: {
    status: 500,
    title: 'Something went wrong on our side',
    detail: `The log has more under request ${requestId}.`,
  },
})
