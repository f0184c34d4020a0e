import { expect, it } from 'vitest'
import { createWords, sayCut, sayDuration } from './words.ts'

it('writes instants on the clock of the zone', () => {
  const at = Date.UTC(2026, 10, 27, 5, 6, 7, 890)
  expect(createWords('UTC').instant(at)).toBe('2026-11-27 05:06:07')
  expect(createWords('Asia/Kolkata').instant(at)).toBe('2026-11-27 10:36:07')
  expect(createWords('America/St_Johns').instant(at)).toBe('2026-11-27 01:36:07')
  expect(createWords('Asia/Kathmandu').offset(at)).toBe('UTC+05:45')
})

it('tells the two hours apart that a change of clocks makes the same', () => {
  const berlin = createWords('Europe/Berlin')
  expect(berlin.instant(Date.UTC(2026, 9, 25, 0, 30))).toBe('2026-10-25 02:30:00 +02:00')
  expect(berlin.instant(Date.UTC(2026, 9, 25, 1, 30))).toBe('2026-10-25 02:30:00 +01:00')
  expect(berlin.instant(Date.UTC(2026, 9, 24, 23, 30))).toBe('2026-10-25 01:30:00')
  expect(berlin.instant(Date.UTC(2026, 9, 25, 2, 0))).toBe('2026-10-25 03:00:00')
})

it('writes numbers, durations and flags', () => {
  const { cell } = createWords('UTC')
  expect(cell('count', 12430)).toBe('12,430')
  expect(cell('number', 0.125)).toBe('0.125')
  expect(cell('flag', false)).toBe('no')
  expect(cell('text', null)).toBe('')
  expect([250, 59_999, 60_000, 7_384_000, 266_584_000, -1_000].map(sayDuration)).toEqual([
    '0.25 s',
    '59.999 s',
    '0:01:00',
    '2:03:04',
    '3 d 2:03:04',
    '-1 s',
  ])
})

it('says how many rows are left out', () => {
  expect(sayCut(10_000, 22_430)).toBe('12,430 more rows: see the CSV')
  expect(sayCut(10, 11)).toBe('1 more row: see the CSV')
  expect(sayCut(10, undefined)).toBe('More rows: see the CSV')
})
