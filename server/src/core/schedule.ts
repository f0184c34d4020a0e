import { Temporal } from 'temporal-polyfill'

/** How often something is done. Weeks begin on Monday. */
export const cadences = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Cadence = (typeof cadences)[number]

/** A cadence on the wall clock of a zone; `time` (`HH:MM`) is when on the day after a period its work is due. */
export interface Schedule {
  readonly cadence: Cadence
  /** IANA name. */
  readonly zone: string
  readonly time: string
}

/** A span of the calendar in epoch milliseconds; `to` is where the next one begins and is not part of it. */
export interface Period {
  /** As people write it: `2026-03-29`, `2026-W13`, `2026-03`, `2026-Q1` or `2026`. */
  readonly name: string
  readonly from: number
  readonly to: number
}

/** How far a schedule has come. */
export interface Standing {
  /** The first day of the next period, `YYYY-MM-DD` of the calendar. */
  readonly start: string
  /** Up to where time was covered by the periods before; null when none was. */
  readonly covered: number | null
}

/** Periods that nobody will make up for, told as one. */
export interface Skipped extends Period {
  readonly count: number
}

export const defaultTime = '06:00'
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/
export const isTime = (text: string): boolean => TIME.test(text)

const { PlainDate } = Temporal
type Day = Temporal.PlainDate

const steps: Readonly<Record<Cadence, Temporal.DurationLike>> = {
  day: { days: 1 },
  week: { weeks: 1 },
  month: { months: 1 },
  quarter: { months: 3 },
  year: { years: 1 },
}

const firstDays: Readonly<Record<Cadence, (day: Day) => Day>> = {
  day: (day) => day,
  week: (day) => day.subtract({ days: day.dayOfWeek - 1 }),
  month: (day) => day.with({ day: 1 }),
  quarter: (day) => day.with({ month: day.month - ((day.month - 1) % 3), day: 1 }),
  year: (day) => day.with({ month: 1, day: 1 }),
}

const names: Readonly<Record<Cadence, (first: Day) => string>> = {
  day: (first) => first.toString(),
  week: (first) => `${first.yearOfWeek}-W${String(first.weekOfYear).padStart(2, '0')}`,
  month: (first) => first.toString().slice(0, -3),
  quarter: (first) => `${first.toString().slice(0, -6)}-Q${(first.month + 2) / 3}`,
  year: (first) => first.toString().slice(0, -6),
}

/** The first instant of a day; where its midnight does not exist that is later than 00:00. */
const startOf = (day: Day, zone: string): number => day.toZonedDateTime(zone).epochMilliseconds

const periodOf = ({ cadence, zone }: Schedule, first: Day): Period => ({
  name: names[cadence](first),
  from: startOf(first, zone),
  to: startOf(first.add(steps[cadence]), zone),
})

/** The first day of the period that holds an instant. A clock set back over midnight meets a date twice; the span decides. */
const firstDayAt = (schedule: Schedule, at: number): Day => {
  const { cadence, zone } = schedule
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  let first = firstDays[cadence](today)
  while (at < startOf(first, zone)) first = first.subtract(steps[cadence])
  while (at >= periodOf(schedule, first).to) first = first.add(steps[cadence])
  return first
}

/** The period under way at an instant. Periods of one schedule follow each other without a gap or an overlap. */
export const periodAt = (schedule: Schedule, at: number): Period => periodOf(schedule, firstDayAt(schedule, at))

/** The last period that had ended at an instant. */
export const periodEndedBefore = (schedule: Schedule, at: number): Period =>
  periodAt(schedule, periodAt(schedule, at).from - 1)

/** A schedule that begins at an instant: its first period is the one under way, as a whole. */
export const begin = (schedule: Schedule, at: number): Standing => ({
  start: firstDayAt(schedule, at).toString(),
  covered: null,
})

/** When the period that begins on this day is due; a time that the day after it does not have is due right after. */
const dueOf = ({ cadence, zone, time }: Schedule, first: Day): number =>
  first.add(steps[cadence]).toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) })
    .epochMilliseconds

/**
 * The next period. After the zone changed it begins where the one before it ended, shorter or longer than the calendar's
 * by the difference, so that each instant is in exactly one; days that a zone leaves out are no period.
 */
const nextOf = (schedule: Schedule, { start, covered }: Standing): { readonly first: Day; readonly period: Period } => {
  let first = PlainDate.from(start)
  for (;;) {
    const calendar = periodOf(schedule, first)
    const period = { ...calendar, from: covered ?? calendar.from }
    if (period.from < period.to) return { first, period }
    first = first.add(steps[schedule.cadence])
  }
}

/** The next period, and when it is due in epoch milliseconds. */
export const upcoming = (schedule: Schedule, standing: Standing): { readonly period: Period; readonly due: number } => {
  const { first, period } = nextOf(schedule, standing)
  return { period, due: dueOf(schedule, first) }
}

const joined = (periods: readonly Period[]): Skipped | undefined => {
  const [first, last] = [periods[0], periods.at(-1)]
  if (!first || !last) return undefined
  const name = first === last ? first.name : `${first.name}..${last.name}`
  return { name, from: first.from, to: last.to, count: periods.length }
}

/**
 * Everything that is due at an instant, oldest first. Of what was missed only the newest `most` periods are made up
 * for; the others are told as skipped.
 */
export const catchUp = (
  schedule: Schedule,
  standing: Standing,
  now: number,
  most: number,
): { readonly periods: readonly Period[]; readonly skipped: Skipped | undefined; readonly standing: Standing } => {
  const found: Period[] = []
  let next = standing
  for (;;) {
    const { first, period } = nextOf(schedule, next)
    if (dueOf(schedule, first) > now) break
    found.push(period)
    next = { start: first.add(steps[schedule.cadence]).toString(), covered: period.to }
  }
  const left = Math.max(0, found.length - most)
  return { periods: found.slice(left), skipped: joined(found.slice(0, left)), standing: next }
}

/** Passes over every period that has ended at an instant, as after a pause; the one under way is next, as a whole. */
export const passOver = (
  schedule: Schedule,
  standing: Standing,
  now: number,
): { readonly skipped: Skipped | undefined; readonly standing: Standing } => {
  const found: Period[] = []
  let next = standing
  for (;;) {
    const { first, period } = nextOf(schedule, next)
    if (period.to > now) break
    found.push(period)
    next = { start: first.add(steps[schedule.cadence]).toString(), covered: period.to }
  }
  return { skipped: joined(found), standing: next }
}
