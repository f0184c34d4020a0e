import { expect, it } from 'vitest'
import { and, anyOf, column, equals, everything, type Filter, not, or, path } from './filter.ts'
import { sayFilter } from './filter-words.ts'

const say = (filter: Filter): string =>
  sayFilter(filter, {
    label: (name) => ({ user_id: 'User' })[name],
    instant: (at) => new Date(at).toISOString(),
  })

it('says a filter in words', () => {
  const ann = equals(column('user_id'), 'ann')
  expect(say(everything)).toBe('')
  expect(say(ann)).toBe('User is "ann"')
  expect(say(and(ann, not(equals(column('auth_method'), 'otp'))))).toBe('User is "ann" and auth method is not "otp"')
  expect(say(or(ann, and(ann, equals(path('device', 'os'), 7))))).toBe(
    `User is "ann" or (User is "ann" and the event's device.os is 7)`,
  )
  expect(say(anyOf(column('user_id'), ['ann', 'bob', 'eve']))).toBe('User is "ann", "bob" or "eve"')
  expect(say(not(anyOf(column('user_id'), ['ann', 'bob'])))).toBe('User is neither "ann" nor "bob"')
  expect(say({ is: 'atLeast', field: column('event_ts'), value: 0 })).toBe(
    'event ts is not before 1970-01-01T00:00:00.000Z',
  )
  expect(say({ is: 'mentions', value: 'Gecko' })).toBe('the event mentions "Gecko"')
  expect(say({ is: 'matches', field: column('ip'), pieces: ['192.0.', ''], caseless: true })).toBe(
    'ip is like "192.0.*" in any case',
  )
  expect(say({ is: 'null', field: column('user_id') })).toBe('User is missing')
})

it('says what a negation of several means, and not its form', () => {
  const a = equals(column('user_id'), 'a')
  const b: Filter = { is: 'contains', field: column('user_id'), value: 'b' }
  expect(say(not(or(a, b)))).toBe('User is not "a" and User does not contain "b"')
  expect(say(and(b, not(and(a, b))))).toBe('User contains "b" and (User is not "a" or User does not contain "b")')
  expect(say(not(not(a)))).toBe('User is "a"')
  expect(say(or(a, { is: 'or', of: [] }))).toBe('User is "a" or nothing')
})

it('names at most ten values of a list', () => {
  const values = Array.from({ length: 12 }, (_, at) => at)
  expect(say(anyOf(column('seq'), values))).toBe('seq is 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 or 2 more')
})
