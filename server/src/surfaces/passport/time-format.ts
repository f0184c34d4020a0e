import { Temporal } from 'temporal-polyfill'

/** The letters of a pattern (Java's DateTimeFormatter) that are known, each with how it is written. */
type Write = (at: Temporal.ZonedDateTime, count: number) => string

const padded = (value: number, count: number): string => String(value).padStart(count, '0')

const named = (at: Temporal.ZonedDateTime, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('en-US', { ...options, timeZone: at.timeZoneId }).format(at.epochMilliseconds)

const zoneName = (at: Temporal.ZonedDateTime): string =>
  new Intl.DateTimeFormat('en-US', { timeZone: at.timeZoneId, timeZoneName: 'short' })
    .formatToParts(at.epochMilliseconds)
    .find(({ type }) => type === 'timeZoneName')?.value ?? at.timeZoneId

const year: Write = (at, count) => (count === 2 ? padded(at.year % 100, 2) : padded(at.year, count))

const letters: Readonly<Record<string, Write>> = {
  y: year,
  u: year,
  M: (at, count) =>
    count >= 4 ? named(at, { month: 'long' }) : count === 3 ? named(at, { month: 'short' }) : padded(at.month, count),
  d: (at, count) => padded(at.day, count),
  H: (at, count) => padded(at.hour, count),
  h: (at, count) => padded(((at.hour + 11) % 12) + 1, count),
  m: (at, count) => padded(at.minute, count),
  s: (at, count) => padded(at.second, count),
  S: (at, count) => padded(at.millisecond, 3).padEnd(count, '0').slice(0, count),
  a: (at) => (at.hour < 12 ? 'AM' : 'PM'),
  E: (at, count) => named(at, { weekday: count >= 4 ? 'long' : 'short' }),
  z: (at) => zoneName(at),
  V: (at) => at.timeZoneId,
  Z: (at) => at.offset.replace(':', ''),
  X: (at) => (at.offsetNanoseconds === 0 ? 'Z' : at.offset),
}
/** How the vendor writes times when it is not told. */
export const standardFormat = 'M/d/yyyy hh:mm:ss a z'

const LONGEST = 64

/**
 * Reads a pattern of Java's DateTimeFormatter. Answers how it writes an instant in a zone; undefined when it has letters
 * that are not known.
 */
export const readTimeFormat = (pattern: string): ((epochMs: number, zone: string) => string) | undefined => {
  if (pattern.length > LONGEST) return undefined
  const parts = pattern.match(/'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'/g) ?? []
  const known = parts.every(
    (part) => part !== "'" && (!/^[A-Za-z]/.test(part) || Object.hasOwn(letters, part.charAt(0))),
  )
  if (!known) return undefined
  return (epochMs, zone) => {
    const at = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone)
    return parts
      .map((part) => {
        if (part.startsWith("'")) return part === "''" ? "'" : part.slice(1, -1).replaceAll("''", "'")
        return letters[part.charAt(0)]?.(at, part.length) ?? part
      })
      .join('')
  }
}
