import { Temporal } from 'temporal-polyfill'

const HOUR_MS = 3_600_000
/** Almost every change of a clock is at a quarter hour. */
const QUARTER_MS = 900_000
const CACHE_QUARTERS = 4_096

/** Whether a name is an IANA time zone that this server knows. */
export const isZone = (zone: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return !/^[+-]/.test(zone)
  } catch {
    return false
  }
}

/** How far a zone's wall clock is ahead of UTC at an instant, in milliseconds. Remembers recent offsets. */
export const offsetsOf = (zone: string): ((epochMs: number) => number) => {
  /** By quarter hour; null when the clock changes within it. */
  const offsets = new Map<number, number | null>()
  const offsetAt = (epochMs: number): number =>
    Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000
  return (epochMs) => {
    const quarter = Math.floor(epochMs / QUARTER_MS)
    let offset = offsets.get(quarter)
    if (offset === undefined) {
      const first = offsetAt(quarter * QUARTER_MS)
      offset = first === offsetAt((quarter + 1) * QUARTER_MS - 1) ? first : null
      if (offsets.size >= CACHE_QUARTERS) offsets.clear()
      offsets.set(quarter, offset)
    }
    return offset ?? offsetAt(epochMs)
  }
}

/** A wall clock of one zone: from epoch milliseconds to whole hours since 1970 on its dial. */
export type WallClock = (epochMs: number) => number

export const wallClock = (zone: string): WallClock => {
  const offset = offsetsOf(zone)
  return (epochMs) => Math.floor((epochMs + offset(epochMs)) / HOUR_MS)
}

/** How a wall clock runs over a span: its offset at the beginning, and every change of it. All in milliseconds. */
export interface ClockRun {
  readonly offset: number
  /** Instants of the changes, in order, and by how much the offset grows at each. */
  readonly changes: readonly number[]
  readonly shifts: readonly number[]
}

/** The offset of a zone over a span of epoch milliseconds. */
export const clockRun = (zone: string, from: number, until: number): ClockRun => {
  const changes: number[] = []
  const shifts: number[] = []
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone)
  const offset = at.offsetNanoseconds / 1_000_000
  for (let before = offset; ; ) {
    const next = at.getTimeZoneTransition('next')
    if (!next || next.epochMilliseconds >= until) return { offset, changes, shifts }
    const after = next.offsetNanoseconds / 1_000_000
    if (after !== before) {
      changes.push(next.epochMilliseconds)
      shifts.push(after - before)
    }
    before = after
    at = next
  }
}

const DAY_MS = 24 * HOUR_MS

/** The day since 1970 that a zone's calendar shows at an instant. */
export const localDay = (zone: string, at: number): number => {
  const offset = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000
  return Math.floor((at + offset) / DAY_MS)
}

/** The instant at which a day since 1970 begins in a zone. */
export const dayStart = (zone: string, day: number): number =>
  Temporal.PlainDate.from('1970-01-01').add({ days: day }).toZonedDateTime(zone).epochMilliseconds

/** The month since January 1970 of a day since 1970. */
export const monthOfDay = (day: number): number => {
  const date = new Date(day * DAY_MS)
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}
