import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import type { Basis } from '../core/report.ts'
import { daysTouched, hoursTouched, monthsTouched } from './counted.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

// Winter and summer, half and quarter hours, a change of half an hour, midnights that do not exist, a day that was skipped.
const zones = [
  'UTC',
  'Europe/Zurich',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'America/Sao_Paulo',
  'Africa/Cairo',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
] as const

/** What a wall clock in a zone shows, by Temporal alone: its date and hour, in units since the begin of 1970. */
const shown = (zone: string, at: number) => {
  const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const epoch = Temporal.PlainDate.from('1970-01-01')
  const day = epoch.until(wall.toPlainDate(), { largestUnit: 'days' }).days
  return { day, hour: day * 24 + wall.hour, month: (wall.year - 1970) * 12 + wall.month - 1 }
}

const instant = fc.integer({ min: Date.UTC(1995, 0, 1), max: Date.UTC(2030, 0, 1) })
/** Around a change of the clock as often as anywhere else. */
const moment = fc.oneof(
  instant,
  fc
    .tuple(fc.constantFrom(...zones), instant, fc.integer({ min: -2 * HOUR, max: 2 * HOUR }))
    .map(([zone, at, aside]) => {
      const wall = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
      return (wall.getTimeZoneTransition('next')?.epochMilliseconds ?? at) + aside
    }),
)
const windows = fc
  .record({ zone: fc.constantFrom(...zones), from: moment, length: fc.integer({ min: 0, max: 800 * DAY }) })
  .map(({ zone, from, length }) => ({ zone, window: { from, to: from + length } }))

const basisOf = (zone: string, window: Basis['window']): Basis => ({
  zone,
  window,
  params: {},
  now: Date.UTC(2032, 0, 1),
})

/** What the engine makes of an instant, with the holes that it is given. */
const onDial = (at: number, { offset, changes, shifts }: ReturnType<typeof hoursTouched>): number =>
  at + offset + changes.reduce((sum, change, n) => sum + (at >= change ? (shifts[n] ?? 0) : 0), 0)

describe('the intervals that a window touches', () => {
  it('begin and end with what the wall clock of its zone shows at both ends', () => {
    fc.assert(
      fc.property(windows, ({ zone, window }) => {
        const basis = basisOf(zone, window)
        const [first, last] = [shown(zone, window.from), shown(zone, window.to)]
        expect(daysTouched(basis)).toEqual({ day_from: first.day, day_to: last.day })
        expect(monthsTouched(basis)).toEqual({ month_from: first.month, month_to: last.month })
        expect(hoursTouched(basis)).toMatchObject({ hour_from: first.hour, hour_to: last.hour })
      }),
      { numRuns: 400 },
    )
  })

  it('hold every instant in the hour that the wall clock shows, both hours of a night that has one twice as one', () => {
    fc.assert(
      fc.property(windows, fc.double({ min: 0, max: 1, noNaN: true }), ({ zone, window }, share) => {
        const at = Math.floor(window.from + share * (window.to - window.from))
        const holes = hoursTouched(basisOf(zone, window))
        expect(Math.floor(onDial(at, holes) / HOUR)).toBe(shown(zone, at).hour)
        // A registration is known by its quarter hour, whose begin stands for all of it, unless the clock changes
        // within it: St. John's did so at a minute past midnight until 2011.
        const begin = Math.floor(at / 900_000) * 900_000
        if (!holes.changes.some((change) => change > begin && change <= at))
          expect(Math.floor(onDial(begin, holes) / HOUR)).toBe(shown(zone, at).hour)
      }),
      { numRuns: 400 },
    )
  })
})
