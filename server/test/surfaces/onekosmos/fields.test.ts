import { describe, expect, it } from 'vitest'
import { findFields } from '../../../src/surfaces/onekosmos/events/fields.ts'

const found = (name: string, event: Record<string, unknown>) => findFields(name, event).found

describe('the columns of an event', () => {
  it('are found in a redirect to a service provider', () => {
    const event = {
      session_id: 's1',
      client_ip_address: '10.0.0.1',
      caller_ip: '10.0.0.2',
      user_id: 'ada',
      user_email: 'ada@example.com',
      auth_method: 'otp',
      sp_name: 'Payroll',
      sp_id: '77',
      person_id: 'p1',
      device_id: 'd1',
    }
    expect(found('E_SP_REDIRECT_SUCCEEDED', event)).toEqual({
      user_id: 'ada',
      login_id: 'ada@example.com',
      person_id: 'p1',
      device_id: 'd1',
      session_id: 's1',
      application: 'Payroll',
      auth_method: 'otp',
      ip: '10.0.0.1',
    })
  })

  it('prefer serviceProvider, and take moduleId before the submitted one', () => {
    const event = {
      serviceProvider: 'A',
      sp_name: 'B',
      sp_id: 'C',
      factsSubmitted: { authModuleId: 'm2', applicationId: 'x' },
    }
    expect(found('E_LOGIN_ATTEMPT', event)).toEqual({ application: 'A', auth_module: 'm2' })
    expect(found('E_LOGIN_ATTEMPT', { ...event, moduleId: 'm1' }).auth_module).toBe('m1')
    expect(found('E_LOGIN_SUCCEEDED', { factsSubmitted: { applicationId: 'adminx' } }).application).toBe('adminx')
  })

  it.each([
    ['text', { reason: 'no such user' }],
    ['an object', { reason: { reason: 'no such user' } }],
    ['an object inside eventData', { eventData: { reason: { reason: 'no such user' } } }],
    ['text inside eventData', { eventData: { reason: 'no such user' } }],
  ])('find a reason that is %s', (_, event) => {
    expect(found('E_LOGIN_FAILED', event).reason).toBe('no such user')
  })

  it('of an audit entry name its actor and its object', () => {
    const event = { eventCategory: 'AUDIT_LOG', user_id: 'root', directory_id: 'dir-1', connection_ip_address: '::1' }
    expect(findFields('E_SOMETHING_NEW', event)).toEqual({
      category: 'AUDIT_LOG',
      found: {
        user_id: 'root',
        actor_type: 'user',
        actor_id: 'root',
        object_type: 'directory',
        object_id: 'dir-1',
        ip: '::1',
      },
    })
    expect(found('E_SP_MODIFIED', { sp_id: '9', user_id: 'root' })).toMatchObject({
      object_type: 'service_provider',
      object_id: '9',
      actor_id: 'root',
    })
  })

  it('take numbers and flags as text, and nothing else', () => {
    expect(found('E_X', { user_id: 5, person_id: true, device_id: null, session_id: ['a'], auth_method: {} })).toEqual({
      user_id: '5',
      person_id: 'true',
    })
  })

  it('are not found in the prototype', () => {
    expect(found('constructor', JSON.parse('{"__proto__":{"user_id":"evil"}}'))).toEqual({})
  })
})
