import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Issue } from '../../../core/fault.ts'
import { and, anyOf, column, equals, everything, type Filter, filterSize, not, or, path } from '../../../core/filter.ts'
import type { Body } from './body.ts'
import { readFilters } from './query.ts'

const reserved = new Set(['pSize', 'pIndex', 'from', 'to', 'query', 'download'])
const read = (body: Body): { filter: Filter; said: string[] } => {
  const issues: Issue[] = []
  const filter = readFilters(body, reserved, issues)
  return { filter, said: issues.map(({ name }) => name) }
}
const filterOf = (body: Body): Filter => {
  const { filter, said } = read(body)
  expect(said).toEqual([])
  return filter
}

describe('a free filter', () => {
  test('is nothing when the body holds reserved words only', () => {
    expect(filterOf({ pSize: 1, from: 'x', query: {} })).toEqual(and(everything))
  })

  test('finds columns by their wire names, either name of the event', () => {
    expect(filterOf({ eventName: 'E_X' })).toEqual(equals(column('event_name'), 'E_X'))
    expect(filterOf({ event_name: 'E_X' })).toEqual(equals(column('event_name'), 'E_X'))
    expect(filterOf({ eventCategory: 'AUDIT_LOG' })).toEqual(equals(column('category'), 'AUDIT_LOG'))
    expect(filterOf({ user_id: 7 })).toEqual(equals(column('user_id'), '7'))
  })

  test('looks for every other name in the event itself, dotted or nested', () => {
    expect(filterOf({ sp_type: 'saml' })).toEqual(equals(path('sp_type'), 'saml'))
    expect(filterOf({ 'a.b': 1 })).toEqual(equals(path('a', 'b'), 1))
    expect(filterOf({ a: { b: 1 } })).toEqual(equals(path('a', 'b'), 1))
    expect(filterOf({ a: null })).toEqual({ is: 'null', field: path('a') })
  })

  test('falls back from eventData to the flat event', () => {
    expect(filterOf({ query: { 'eventData.user_firstname': 'xxx' } })).toEqual(
      or(equals(path('eventData', 'user_firstname'), 'xxx'), equals(path('user_firstname'), 'xxx')),
    )
    expect(filterOf({ 'eventData.user_id': 'u' })).toEqual(
      or(equals(path('eventData', 'user_id'), 'u'), equals(column('user_id'), 'u')),
    )
  })

  test('matches each value of a list', () => {
    expect(filterOf({ user_id: ['a', 'b'] })).toEqual(anyOf(column('user_id'), ['a', 'b']))
    expect(filterOf({ user_id: [] })).toEqual(not(everything))
  })

  test('matches a service provider by any of its names', () => {
    expect(filterOf({ serviceProvider: 'x' })).toEqual(
      or(...['serviceProvider', 'sp_name', 'sp_id'].map((name) => equals(path(name), 'x'))),
    )
  })

  test('compares the time of the event, whatever form it was sent in', () => {
    const ts = column('event_ts')
    expect(filterOf({ event_ts: { $gte: 1_763_514_123_004 } })).toEqual({
      is: 'atLeast',
      field: ts,
      value: 1_763_514_123_004,
    })
    expect(filterOf({ timestamp: { $lt: '2025-11-19 01:02:03.004' } })).toEqual({
      is: 'less',
      field: ts,
      value: 1_763_514_123_004,
    })
    expect(filterOf({ epoch_time: { $gt: 1_763_514_123 } })).toEqual({
      is: 'greater',
      field: ts,
      value: 1_763_514_123_999,
    })
    expect(filterOf({ event_ts: 1_763_514_123_004 })).toEqual(
      or(equals(path('event_ts'), 1_763_514_123_004), equals(ts, 1_763_514_123_004)),
    )
  })
})

describe('the query object', () => {
  test('combines operators and groups, all of them holding at once with the free filters', () => {
    const filter = filterOf({
      user_id: 'u',
      query: { sp_type: { $ne: 'saml' }, $or: [{ a: { $in: [1, 2] } }, { $not: { b: { $exists: true } } }] },
    })
    expect(filter).toEqual(
      and(
        equals(column('user_id'), 'u'),
        and(
          not(equals(path('sp_type'), 'saml')),
          or(anyOf(path('a'), [1, 2]), not(not({ is: 'null', field: path('b') }))),
        ),
      ),
    )
  })

  test('refuses an unknown operator by its name', () => {
    expect(read({ query: { user_id: { $regex: '.*' } } }).said).toEqual(['query.user_id.$regex'])
    expect(read({ query: { $where: 'sleep(1)' } }).said).toEqual(['query.$where'])
    expect(read({ $or: [] }).said).toEqual(['$or'])
    expect(read({ query: { a: { $constructor: 1 } } }).said).toEqual(['query.a.$constructor'])
  })

  test('refuses what is no condition, and says where', () => {
    const wrong: [Body, string][] = [
      [{ query: 'x' }, 'query'],
      [{ query: [] }, 'query'],
      [{ query: { $or: {} } }, 'query.$or'],
      [{ query: { $and: [] } }, 'query.$and'],
      [{ query: { $or: ['x'] } }, 'query.$or'],
      [{ query: { a: { $gt: true } } }, 'query.a.$gt'],
      [{ query: { a: { $in: 'x' } } }, 'query.a.$in'],
      [{ query: { a: { $exists: 'yes' } } }, 'query.a.$exists'],
      [{ query: { a: { $gt: 1, b: 2 } } }, 'query.a'],
      [{ query: { a: {} } }, 'query.a'],
      [{ query: { a: [[1]] } }, 'query.a'],
      [{ query: { event_ts: { $gt: 'soon' } } }, 'query.event_ts.$gt'],
      [{ 'a..b': 1 }, 'a..b'],
      [{ '': 1 }, ''],
      [{ a: '\ud800' }, 'a'],
    ]
    for (const [body, name] of wrong) expect(read(body).said).toEqual([name])
  })

  test('is bounded in depth, width and size', () => {
    const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ $not: inner }), { a: 1 })
    expect(read({ query: deep }).said).toHaveLength(1)
    const nested = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ a: inner }), 1)
    expect(read({ a: nested }).said).toHaveLength(1)
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}`, 1]))
    expect(read(wide).said).toHaveLength(1)
    expect(read({ a: Array.from({ length: 1_001 }, (_, at) => at) }).said).toEqual(['a'])
    expect(read({ a: 'x'.repeat(70_000) }).said).toEqual(['a'])
    const wrong = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}`, {}]))
    expect(read(wrong).said).toHaveLength(20)
  })

  test('whatever JSON is sent, answers a bounded filter or says what is wrong', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (body, query) => {
        const issues: Issue[] = []
        const filter = readFilters({ ...body, query }, reserved, issues)
        expect(issues.length <= 20 && filterSize(filter) < 5_000).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('takes the names that every object inherits as names of fields', () => {
    const body = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}') as Body
    expect(filterOf(body)).toEqual(
      and(equals(path('__proto__'), 'a'), equals(path('constructor'), 'b'), equals(path('toString'), 'c')),
    )
  })
})
