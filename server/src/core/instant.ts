import { Temporal } from 'temporal-polyfill'

const ISO = /^\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/
/** The form that nearly every sender uses, with a day that every month has: read without a calendar. */
const PLAIN = /^\d{4}-\d\d-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?Z$/
/** The largest instant that a `Date` holds, in epoch milliseconds. */
const LAST = 8_640_000_000_000_000

/**
 * Reads an instant: ISO 8601 (a date alone is its midnight; UTC unless it names an offset) or epoch milliseconds.
 * Answers epoch milliseconds; undefined for everything else.
 */
export const readInstant = (value: unknown): number | undefined => {
  if (typeof value === 'number')
    return Number.isFinite(value) && Math.abs(value) <= LAST ? Math.floor(value) : undefined
  if (typeof value !== 'string') return undefined
  if (PLAIN.test(value)) {
    const at = Date.parse(value)
    if (!Number.isNaN(at)) return at
  }
  const form = ISO.exec(value)
  if (!form) return undefined
  try {
    const full = value.length === 10 ? `${value}T00:00Z` : form[1] === undefined ? `${value}Z` : value
    return Temporal.Instant.from(full.replace(',', '.')).epochMilliseconds
  } catch {
    return undefined
  }
}

/** An instant as it is written: ISO 8601 in UTC with milliseconds. */
export const writeInstant = (epochMs: number): string => new Date(epochMs).toISOString()
