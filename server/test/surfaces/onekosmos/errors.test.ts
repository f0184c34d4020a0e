import { describe, expect, it } from 'vitest'
import { Fault, type FaultDetails, type FaultKind } from '../../../src/core/fault.ts'
import type { SurfaceContext } from '../../../src/http/surface.ts'
import { answer } from '../../../src/surfaces/onekosmos/errors.ts'

const context = (profile: 'documented' | 'observed') => ({ onekosmos: { profile } }) as SurfaceContext

const expected: { readonly [K in FaultKind]: readonly [FaultDetails[K], number] } = {
  invalid: [{ issues: [{ where: 'body', name: 'to', rule: 'range', message: "Date 'to' must be after 'from'" }] }, 400],
  'too-large': [{ what: 'body', limit: 1, unit: 'bytes' }, 413],
  unauthenticated: [{ reason: 'unknown' }, 401],
  forbidden: [{ reason: 'realm', need: 'x' }, 403],
  'unknown-realm': [{ tenantId: 't', communityId: 'c' }, 404],
  'not-found': [{ what: 'key', id: 'k' }, 404],
  conflict: [{ what: 'event_id', id: 'e', why: 'other' }, 400],
  'too-many': [{ retryAfterSeconds: 7 }, 429],
  'inbox-full': [{ why: 'disk', retryAfterSeconds: 7 }, 503],
  'engine-away': [{ retryAfterSeconds: 7 }, 503],
  'control-away': [{ retryAfterSeconds: 7 }, 503],
  'too-costly': [{ why: 'x' }, 400],
  cancelled: [{ what: 'x' }, 400],
}

describe('a fault', () => {
  it.each(Object.keys(expected) as FaultKind[])('of kind %s has its status in both profiles', (kind) => {
    const [details, status] = expected[kind]
    const fault = new Fault(kind, details, 'said')
    for (const profile of ['documented', 'observed'] as const) {
      const said = answer(fault, context(profile))
      expect(said.status).toBe(status)
      expect('retryAfterSeconds' in details ? said.headers : { 'retry-after': '7' }).toEqual({ 'retry-after': '7' })
    }
  })

  it('of bad input has the union as its body where documented, and errors alone where observed', () => {
    const fault = new Fault('invalid', expected.invalid[0], 'said')
    const errors = [{ message: "Date 'to' must be after 'from'", param: 'to' }]
    expect(answer(fault, context('documented')).body).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: "Date 'to' must be after 'from'",
      errors,
    })
    expect(answer(fault, context('observed')).body).toEqual({ errors })
  })

  it('that cannot be answered names the asked for conflict', () => {
    const fault = new Fault('conflict', { what: 'event_id', id: 'e', why: 'other' }, 'sent before')
    expect(answer(fault, context('observed')).body).toEqual({ errors: [{ message: 'sent before', param: 'event_id' }] })
  })
})
