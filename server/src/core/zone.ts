import { Temporal } from 'temporal-polyfill'

const HOUR_MS = 3_600_000
/** Zones change their offset at a quarter hour at the finest, so an offset holds within one. */
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
  const offsets = new Map<number, number>()
  const offsetAt = (quarter: number): number => {
    const cached = offsets.get(quarter)
    if (cached !== undefined) return cached
    const instant = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER_MS)
    const offset = instant.toZonedDateTimeISO(zone).offsetNanoseconds / 1_000_000
    if (offsets.size >= CACHE_QUARTERS) offsets.clear()
    offsets.set(quarter, offset)
    return offset
  }
  return (epochMs) => offsetAt(Math.floor(epochMs / QUARTER_MS))
}

/** A wall clock of one zone: from epoch milliseconds to whole hours since 1970 on its dial. */
export type WallClock = (epochMs: number) => number

export const wallClock = (zone: string): WallClock => {
  const offset = offsetsOf(zone)
  return (epochMs) => Math.floor((epochMs + offset(epochMs)) / HOUR_MS)
}
