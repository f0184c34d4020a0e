import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fault } from '../../core/fault.ts'
import { filterSize } from '../../core/filter.ts'
import { readFilterText, readSearchFilter } from './search-filter.ts'

const column = (name: string) => ({ at: 'column', column: name })
const path = (...keys: string[]) => ({ at: 'path', path: keys })
const issueOf = (text: string): string => {
  try {
    readFilterText(text)
    return 'ok'
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'invalid') throw error
    const [issue] = (error as Fault<'invalid'>).details.issues
    return `${issue?.name} ${issue?.rule}`
  }
}

describe('the filter of the native language', () => {
  it.each([
    ['{"user_id":"ann"}', { is: 'equals', field: column('user_id'), value: 'ann' }],
    ['{"factsSubmitted.os":"linux"}', { is: 'equals', field: path('factsSubmitted', 'os'), value: 'linux' }],
    ['{"event.user_id":"ann"}', { is: 'equals', field: path('user_id'), value: 'ann' }],
    ['{"ip":null}', { is: 'null', field: column('ip') }],
    ['{"user_id":["ann","bob"]}', { is: 'anyOf', field: column('user_id'), values: ['ann', 'bob'] }],
    ['{"n":{"gte":3}}', { is: 'atLeast', field: path('n'), value: 3 }],
    ['{"outcome":{"ne":"success"}}', { is: 'not', of: { is: 'equals', field: column('outcome'), value: 'success' } }],
    ['{"reason":{"exists":true}}', { is: 'not', of: { is: 'null', field: column('reason') } }],
    ['{"event_ts":{"lt":"2026-01-01T00:00:00Z"}}', { is: 'less', field: column('event_ts'), value: 1_767_225_600_000 }],
    [
      '{"or":[{"ip":"a"},{"not":{"ip":"b"}}]}',
      {
        is: 'or',
        of: [
          { is: 'equals', field: column('ip'), value: 'a' },
          { is: 'not', of: { is: 'equals', field: column('ip'), value: 'b' } },
        ],
      },
    ],
    ['{}', { is: 'and', of: [] }],
    ['{"__proto__":"x"}', { is: 'equals', field: path('__proto__'), value: 'x' }],
  ])('reads %s', (text, filter) => {
    expect(readFilterText(text)).toEqual(filter)
  })

  it.each([
    ['[]', 'filter type'],
    ['{', 'filter format'],
    ['{"user_id":1}', 'user_id type'],
    ['{"user_id":{"like":"x"}}', 'user_id unknown'],
    ['{"user_id":{}}', 'user_id required'],
    ['{"user_id":[]}', 'user_id type'],
    ['{"user_id":[["x"]]}', 'user_id type'],
    ['{"event_ts":{"gt":"yesterday"}}', 'event_ts format'],
    ['{"seq":"12"}', 'seq type'],
    ['{"and":{}}', 'and type'],
    ['{"not":[]}', 'filter type'],
    ['{"a..b":1}', 'a..b format'],
    ['{"x":{"contains":3}}', 'x type'],
    ['{"x":{"exists":"yes"}}', 'x type'],
    [`{"x":${JSON.stringify(Array.from({ length: 201 }, (_, at) => at))}}`, 'filter size'],
    [`${'{"not":'.repeat(20)}{}${'}'.repeat(20)}`, 'filter depth'],
  ])('refuses %s naming what it cannot read', (text, issue) => {
    expect(issueOf(text)).toBe(issue)
  })

  it('names the operators that there are when it is given another', () => {
    expect(() => readFilterText('{"user_id":{"$gt":1}}')).toThrow(/"\$gt"; known are eq, .*exists/)
  })

  it('answers a filter of bounded size or a fault of bad input, whatever is sent', () => {
    const names = fc.oneof(fc.constantFrom('and', 'or', 'not', 'user_id', 'event_ts', 'seq', 'in', 'gt'), fc.string())
    const filters = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue(),
        fc.dictionary(names, tie('value')),
        fc.array(tie('value')),
      ),
    })).value
    fc.assert(
      fc.property(filters, (value) => {
        try {
          expect(filterSize(readSearchFilter(value, 'body'))).toBeLessThanOrEqual(400)
        } catch (error) {
          if (!(error instanceof Fault) || error.kind !== 'invalid') throw error
        }
      }),
    )
  })
})
