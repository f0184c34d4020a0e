import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readInstant, writeInstant } from './instant.ts'

describe('an instant as it is sent', () => {
  it.each([
    ['2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000Z'],
    ['2026-01-31T09:00:00.123456Z', '2026-01-31T09:00:00.123Z'],
    ['2026-01-31T09:00:00+01:00', '2026-01-31T08:00:00.000Z'],
    ['2026-01-31T09:00:00+0130', '2026-01-31T07:30:00.000Z'],
    ['2026-01-31 09:00:00.5', '2026-01-31T09:00:00.500Z'],
    ['2026-01-31T09:00', '2026-01-31T09:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    [1_769_850_000_000, '2026-01-31T09:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
  ])('reads %s as %s', (sent, instant) => {
    const at = readInstant(sent)
    expect(at === undefined ? undefined : writeInstant(at)).toBe(instant)
  })

  it.each([
    ['2026-02-29'],
    ['2026-02-30T09:00:00Z'],
    ['2026-13-01'],
    ['2026-01-31T25:00:00Z'],
    ['2026-01-31T09:00:00+25:00'],
    ['yesterday'],
    ['1769850000000'],
    [''],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e300],
    [null],
    [true],
    [{}],
    ['2026-01-31T09:00:00Z; DROP TABLE'],
  ])('refuses %s', (sent) => {
    expect(readInstant(sent)).toBeUndefined()
  })

  it('reads back what it writes', () => {
    const years = { min: new Date(-62_135_596_800_000), max: new Date(253_402_300_799_999), noInvalidDate: true }
    fc.assert(
      fc.property(fc.date(years), (date) => {
        expect(readInstant(writeInstant(date.getTime()))).toBe(date.getTime())
      }),
    )
  })

  it('never throws, whatever the text', () => {
    const signs = fc.string({
      unit: fc.constantFrom('0', '1', '2', '9', '-', ':', 'T', 'Z', '+', '.', ' '),
      maxLength: 30,
    })
    fc.assert(fc.property(fc.oneof(signs, fc.string()), (text) => void readInstant(text)))
  })
})
