import { describe, expect, test } from 'vitest'
import type { Issue } from '../../../core/fault.ts'
import { type Body, oneDay, readPaging, readWindow, thirtyDays } from './body.ts'
import { readTime } from './times.ts'

const now = Date.UTC(2025, 10, 20, 12, 30)
const windowOf = (body: Body, defaultFrom = thirtyDays) => {
  const issues: Issue[] = []
  const window = readWindow(body, { now, defaultFrom }, issues)
  return { window, said: issues.map(({ name, message }) => [name, message]) }
}
const pagingOf = (body: Body) => {
  const issues: Issue[] = []
  return { paging: readPaging(body, issues), said: issues.map(({ name }) => name) }
}
const FROM = 'Field should be from current time to minus 90 days'
const TO = "Date 'to' must be after 'from'"

describe('times', () => {
  test('are read as UTC in the documented form, in ISO 8601 and as epoch numbers', () => {
    const at = Date.UTC(2025, 10, 19, 1, 2, 3, 4)
    expect(readTime('2025-11-19 01:02:03.004')).toBe(at)
    expect(readTime('2025-11-19T01:02:03.004Z')).toBe(at)
    expect(readTime('2025-11-19T03:02:03.004+02:00')).toBe(at)
    expect(readTime(at)).toBe(at)
    expect(readTime(1_763_514_123)).toBe(1_763_514_123_000)
    expect(readTime('2025-11-19')).toBe(Date.UTC(2025, 10, 19))
  })

  test('are nothing else', () => {
    for (const value of [
      '',
      'yesterday',
      '2025-02-30 00:00:00.000',
      '1763514123',
      '2025',
      null,
      true,
      {},
      [],
      Number.NaN,
    ])
      expect(readTime(value)).toBeUndefined()
  })

  test('beyond what the store can hold are its last instant', () => {
    expect(readTime('9999-12-31 00:00:00.000')).toBe(Date.UTC(2299, 11, 31, 23, 59, 59, 999))
    expect(readTime('0001-01-01')).toBe(Date.UTC(1900, 0, 1))
  })
})

describe('the window', () => {
  test('begins at the start of the UTC day 30 days ago and ends now when the body says nothing', () => {
    expect(windowOf({})).toEqual({ window: { from: Date.UTC(2025, 9, 21), to: now }, said: [] })
    expect(windowOf({}, oneDay).window).toEqual({ from: now - 86_400_000, to: now })
  })

  test('begins at the earliest at the start of the UTC day 90 days ago', () => {
    expect(windowOf({ from: '2025-08-22 00:00:00.000' }).said).toEqual([])
    expect(windowOf({ from: '2025-08-21 23:59:59.999' }).said).toEqual([['from', FROM]])
  })

  test('does not begin in the future', () => {
    expect(windowOf({ from: '2025-11-20 12:30:00.001' }).said).toEqual([['from', FROM]])
    expect(windowOf({ from: now }).window).toEqual({ from: now, to: now })
  })

  test('ends after it begins, in the far future if asked', () => {
    expect(windowOf({ from: '2025-11-19', to: '2025-11-18' }).said).toEqual([['to', TO]])
    expect(windowOf({ from: '2025-11-19', to: '2025-11-19' }).said).toEqual([['to', TO]])
    expect(windowOf({ to: '2025-10-01' }).said).toEqual([['to', TO]])
    expect(windowOf({ from: '2025-11-19', to: '2125-01-01' }).said).toEqual([])
  })

  test('is refused for from and to together, from first', () => {
    expect(windowOf({ from: '2020-01-01', to: '2019-01-01' }).said).toEqual([
      ['from', FROM],
      ['to', TO],
    ])
    expect(windowOf({ to: 'x', from: 'y' }).said.map(([name]) => name)).toEqual(['from', 'to'])
  })
})

describe('paging', () => {
  test('is 25 from the first hit when the body says nothing', () => {
    expect(pagingOf({})).toEqual({ paging: { pSize: 25, pIndex: 0 }, said: [] })
  })

  test('takes 1 to 100 hits', () => {
    expect(pagingOf({ pSize: 1, pIndex: 7 })).toEqual({ paging: { pSize: 1, pIndex: 7 }, said: [] })
    expect(pagingOf({ pSize: 100 }).said).toEqual([])
    for (const pSize of [0, 101, -1, 1.5, '10', null, [], 1e300]) expect(pagingOf({ pSize }).said).toEqual(['pSize'])
    for (const pIndex of [-1, 0.5, '0', null, 1e12]) expect(pagingOf({ pIndex }).said).toEqual(['pIndex'])
  })
})
