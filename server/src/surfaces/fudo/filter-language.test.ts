import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operators, readFields, readFilter, readOrder, type Term, writeFilter } from './filter-language.ts'

const source = { where: 'body', name: 'query_filter' } as const

const attribute = fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/)
const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const counts = { in: [1, 4], iin: [1, 4], isnull: [0, 0], true: [0, 0] } as const
const term: fc.Arbitrary<Term> = fc.constantFrom(...operators).chain((operator) => {
  const [minLength, maxLength] = operator in counts ? counts[operator as keyof typeof counts] : [1, 1]
  return fc.record({
    negated: fc.boolean(),
    attribute,
    operator: fc.constant(operator),
    values: fc.array(value, { minLength, maxLength }),
  })
})

describe('the filter language', () => {
  it('reads back every filter that it writes', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 6 }), (terms) => {
        expect(readFilter(writeFilter(terms), source)).toEqual({ ok: true, value: terms })
      }),
    )
  })

  it('answers terms or issues that name the place for every text, and never throws', () => {
    const sign = fc.constantFrom(
      'a',
      'b_1',
      '.',
      '(',
      ')',
      ',',
      '!',
      '%',
      '%2',
      '%41',
      '%ff',
      'in',
      'ge',
      ' ',
      '\u0000',
      '字',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(sign, { maxLength: 14 }).map((signs) => signs.join('')),
        ),
        (text) => {
          for (const read of [readFilter(text, source), readOrder(text, source), readFields(text, source)])
            if (!read.ok) {
              expect(read.issues.length).toBeGreaterThan(0)
              for (const issue of read.issues) expect(issue.message).toContain('query_filter')
            }
        },
      ),
      { numRuns: 500 },
    )
  })

  it('reads the documented example: values decoded once, a bare attribute, a negated question', () => {
    const text =
      'created_at.ge(2025-12-09T12%3A00%3A51.564Z),created_at.le(2026-01-10T12%3A00%3A51.564Z),subprotocol.iin(rdp),user_id.in(1224979098644774913),retention_locked,!finished_at.isnull(),status.iin(approved)'
    expect(readFilter(text, source)).toEqual({
      ok: true,
      value: [
        { negated: false, attribute: 'created_at', operator: 'ge', values: ['2025-12-09T12:00:51.564Z'] },
        { negated: false, attribute: 'created_at', operator: 'le', values: ['2026-01-10T12:00:51.564Z'] },
        { negated: false, attribute: 'subprotocol', operator: 'iin', values: ['rdp'] },
        { negated: false, attribute: 'user_id', operator: 'in', values: ['1224979098644774913'] },
        { negated: false, attribute: 'retention_locked', operator: 'true', values: [] },
        { negated: true, attribute: 'finished_at', operator: 'isnull', values: [] },
        { negated: false, attribute: 'status', operator: 'iin', values: ['approved'] },
      ],
    })
  })

  it('decodes after it divides, once, and leaves a plus alone', () => {
    expect(readFilter('user_id.in(a%2Cb,c%28d%29,50%2525,1+1)', source)).toEqual({
      ok: true,
      value: [{ negated: false, attribute: 'user_id', operator: 'in', values: ['a,b', 'c(d)', '50%25', '1+1'] }],
    })
  })

  it.each([
    ['a,,b', 'is empty'],
    ['a.in(b', 'cannot be read'],
    ['a.in(b))', 'cannot be read'],
    ['a.in((b))', 'cannot be read'],
    ['a.b.in(c)', 'cannot be read'],
    ['a-b', 'cannot be read'],
    ['!!a', 'cannot be read'],
    ['a.near(b)', 'operator "near"'],
    ['a.true()', 'operator "true"'],
    ['a.toString()', 'operator "toString"'],
    ['a.in()', 'needs a value'],
    ['a.in(b,)', 'empty value'],
    ['a.ge(b,c)', 'at most 1 value'],
    ['a.isnull(b)', 'takes no value'],
    ['a.eq(50%)', 'followed by an encoded character'],
    ['a.eq(%ff)', 'followed by an encoded character'],
  ])('refuses %s naming the term', (text, why) => {
    const read = readFilter(text, source)
    expect(read.ok).toBe(false)
    expect(read.ok ? '' : read.issues[0]?.message).toContain(why)
  })

  it('names every term that is wrong, and not those that are right', () => {
    const read = readFilter('a.near(1),b,c.in()', source)
    expect(read.ok ? [] : read.issues.map((issue) => issue.message.includes('"b"'))).toEqual([false, false])
  })

  it('reads orders and lists of attributes', () => {
    expect(readOrder('!finished_at, id', source)).toEqual({
      ok: true,
      value: [
        { attribute: 'finished_at', descends: true },
        { attribute: 'id', descends: false },
      ],
    })
    expect(readFields('id,title', source)).toEqual({ ok: true, value: ['id', 'title'] })
    expect(readFields('id,!title', source).ok).toBe(false)
    expect(readOrder('a;b', source).ok).toBe(false)
    expect(readFilter('', source)).toEqual({ ok: true, value: [] })
  })
})
