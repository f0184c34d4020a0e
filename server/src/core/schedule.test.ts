import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  begin,
  type Cadence,
  cadences,
  catchUp,
  isTime,
  passOver,
  periodAt,
  periodEndedBefore,
  type Schedule,
  upcoming,
} from './schedule.ts'

const at = (text: string): number => Date.parse(text)
const say = (ms: number): string => new Date(ms).toISOString()
const HOUR = 3_600_000
const schedule = (cadence: Cadence, zone = 'Europe/Zurich', time = '06:00'): Schedule => ({ cadence, zone, time })

describe('a period of the calendar', () => {
  it.each([
    [
      'day',
      'Europe/Zurich',
      '2026-01-31T12:00:00Z',
      '2026-01-31',
      '2026-01-30T23:00:00.000Z',
      '2026-01-31T23:00:00.000Z',
    ],
    [
      'week',
      'Europe/Zurich',
      '2026-01-01T12:00:00Z',
      '2026-W01',
      '2025-12-28T23:00:00.000Z',
      '2026-01-04T23:00:00.000Z',
    ],
    ['week', 'UTC', '2027-01-02T12:00:00Z', '2026-W53', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    [
      'month',
      'Asia/Kathmandu',
      '2024-02-29T20:00:00Z',
      '2024-03',
      '2024-02-29T18:15:00.000Z',
      '2024-03-31T18:15:00.000Z',
    ],
    ['month', 'UTC', '2028-02-29T23:59:59.999Z', '2028-02', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    [
      'quarter',
      'America/New_York',
      '2026-04-01T03:59:59Z',
      '2026-Q1',
      '2026-01-01T05:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
    ],
    ['quarter', 'UTC', '2026-12-31T23:00:00Z', '2026-Q4', '2026-10-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    [
      'year',
      'Pacific/Auckland',
      '2025-12-31T12:00:00Z',
      '2026',
      '2025-12-31T11:00:00.000Z',
      '2026-12-31T11:00:00.000Z',
    ],
  ] as const)('of a %s in %s at %s is %s', (cadence, zone, instant, name, from, to) => {
    const found = periodAt(schedule(cadence, zone), at(instant))
    expect([found.name, say(found.from), say(found.to)]).toEqual([name, from, to])
  })

  it('is a day of 23 hours in spring and of 25 in autumn', () => {
    const length = (instant: string) => {
      const { from, to } = periodAt(schedule('day'), at(instant))
      return (to - from) / HOUR
    }
    expect([length('2026-03-29T12:00:00Z'), length('2026-10-25T12:00:00Z'), length('2026-10-26T12:00:00Z')]).toEqual([
      23, 25, 24,
    ])
  })

  it('begins at one o’clock where midnight does not exist', () => {
    const { from, to, name } = periodAt(schedule('day', 'America/Santiago'), at('2026-09-06T12:00:00Z'))
    expect([name, say(from), say(to)]).toEqual(['2026-09-06', '2026-09-06T04:00:00.000Z', '2026-09-07T03:00:00.000Z'])
  })

  it('is none for a day that a zone leaves out', () => {
    const apia = schedule('day', 'Pacific/Apia')
    const before = periodAt(apia, at('2011-12-29T20:00:00Z'))
    expect(before.name).toBe('2011-12-29')
    expect(periodAt(apia, before.to).name).toBe('2011-12-31')
    const { periods } = catchUp(apia, begin(apia, before.from), at('2012-01-02T00:00:00Z'), 99)
    expect(periods.map(({ name }) => name)).toEqual(['2011-12-29', '2011-12-31', '2012-01-01'])
  })

  it('ended before an instant is the one before that under way', () => {
    expect(periodEndedBefore(schedule('month', 'UTC'), at('2026-03-31T23:00:00Z')).name).toBe('2026-02')
    expect(periodEndedBefore(schedule('month', 'UTC'), at('2026-04-01T00:00:00Z')).name).toBe('2026-03')
  })
})

describe('what is due', () => {
  it('is due at its time on the day after, on the wall clock', () => {
    const due = (day: string) => say(upcoming(schedule('day'), begin(schedule('day'), at(day))).due)
    expect(due('2026-03-28T12:00:00Z')).toBe('2026-03-29T04:00:00.000Z')
    expect(due('2026-03-27T12:00:00Z')).toBe('2026-03-28T05:00:00.000Z')
    const night = schedule('day', 'Europe/Zurich', '02:30')
    expect(say(upcoming(night, begin(night, at('2026-03-28T12:00:00Z'))).due)).toBe('2026-03-29T01:30:00.000Z')
  })

  it('is nothing before then, and one period at that instant', () => {
    const monthly = schedule('month')
    const standing = begin(monthly, at('2026-01-31T12:00:00Z'))
    const due = at('2026-02-01T05:00:00Z')
    expect(catchUp(monthly, standing, due - 1, 9)).toEqual({ periods: [], skipped: undefined, standing })
    const made = catchUp(monthly, standing, due, 9)
    expect(made.periods.map(({ name }) => name)).toEqual(['2026-01'])
    expect(made.standing.start).toBe('2026-02-01')
    expect(catchUp(monthly, made.standing, due, 9).periods).toEqual([])
  })

  it('makes up for the newest missed periods and tells the others as skipped', () => {
    const daily = schedule('day', 'UTC')
    const made = catchUp(daily, begin(daily, at('2026-01-01T12:00:00Z')), at('2026-02-01T06:00:00Z'), 3)
    expect(made.periods.map(({ name }) => name)).toEqual(['2026-01-29', '2026-01-30', '2026-01-31'])
    expect(made.skipped).toEqual({
      name: '2026-01-01..2026-01-28',
      from: at('2026-01-01T00:00:00Z'),
      to: at('2026-01-29T00:00:00Z'),
      count: 28,
    })
  })

  it('passes over what ended in a pause, due or not, and keeps the period under way whole', () => {
    const weekly = schedule('week', 'UTC')
    const paused = passOver(weekly, begin(weekly, at('2026-01-07T12:00:00Z')), at('2026-01-12T00:00:00Z'))
    expect(paused.skipped).toMatchObject({ name: '2026-W02', count: 1 })
    expect(say(upcoming(weekly, paused.standing).period.from)).toBe('2026-01-12T00:00:00.000Z')
    expect(passOver(weekly, paused.standing, at('2026-01-13T00:00:00Z')).skipped).toBeUndefined()
  })

  it('takes a time of the wall clock', () => {
    expect(['00:00', '23:59', '06:00'].every(isTime)).toBe(true)
    expect(['24:00', '6:00', '06:60', '06:00:00', ''].some(isTime)).toBe(false)
  })
})

describe('the calendar of any zone', () => {
  const zones = [
    'UTC',
    'Europe/Zurich',
    'America/New_York',
    'America/Santiago',
    'America/Havana',
    'America/St_Johns',
    'Asia/Beirut',
    'Asia/Kathmandu',
    'Africa/Cairo',
    'Africa/Casablanca',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Chatham',
    'Pacific/Kiritimati',
    'Pacific/Honolulu',
    'Atlantic/Azores',
    'America/Scoresbysund',
  ]
  const anySchedule = fc.record({
    cadence: fc.constantFrom(...cadences),
    zone: fc.constantFrom(...zones),
    time: fc.constantFrom('00:00', '00:30', '02:30', '06:00', '23:59'),
  })
  const instant = fc.integer({ min: at('1985-01-01T00:00:00Z'), max: at('2037-12-31T00:00:00Z') })

  it('has each instant in exactly one period, and no gap between two', () => {
    fc.assert(
      fc.property(anySchedule, instant, (one, now) => {
        const here = periodAt(one, now)
        const next = periodAt(one, here.to)
        expect(here.from <= now && now < here.to).toBe(true)
        expect(next.from).toBe(here.to)
        expect(next.name).not.toBe(here.name)
        expect(periodEndedBefore(one, now).to).toBe(here.from)
      }),
      { numRuns: 500 },
    )
  })

  it('answers the same periods however the time until now is cut into ticks', () => {
    const days = { day: 40, week: 200, month: 500, quarter: 900, year: 2_000 } as const
    fc.assert(
      fc.property(
        anySchedule,
        instant,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
        (one, start, cuts) => {
          const end = start + days[one.cadence] * 24 * HOUR
          const whole = catchUp(one, begin(one, start), end, 1_000)
          let standing = begin(one, start)
          const names: string[] = []
          for (const cut of [...cuts.toSorted((a, b) => a - b), 1]) {
            const made = catchUp(one, standing, start + cut * (end - start), 1_000)
            names.push(...made.periods.map(({ name }) => name))
            standing = made.standing
          }
          expect(names).toEqual(whole.periods.map(({ name }) => name))
          expect(new Set(names).size).toBe(names.length)
          expect(standing).toEqual(whole.standing)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('covers each instant once when the zone changes underway', () => {
    fc.assert(
      fc.property(
        anySchedule,
        fc.array(fc.constantFrom(...zones), { minLength: 1, maxLength: 5 }),
        instant,
        (one, moves, start) => {
          let standing = begin(one, start)
          let covered: number | null = null
          for (const zone of moves) {
            const { period } = upcoming({ ...one, zone }, standing)
            if (covered !== null) expect(period.from).toBe(covered)
            const made = catchUp({ ...one, zone }, standing, period.to + 60 * HOUR, 1_000)
            expect(made.periods[0]).toEqual(period)
            for (const [n, each] of made.periods.entries()) {
              expect(each.from).toBeLessThan(each.to)
              if (n > 0) expect(each.from).toBe(made.periods[n - 1]?.to)
            }
            covered = made.standing.covered
            standing = made.standing
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})
