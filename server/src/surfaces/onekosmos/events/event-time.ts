import { readInstant } from '../../../core/instant.ts'

/** Numbers below this are seconds; as milliseconds it is March 1973. */
const SECONDS_BELOW = 100_000_000_000
const EPOCH = /^-?\d{9,16}(?:\.\d+)?$/
/** A zone behind a time of day: Z, an offset, or an American name, as `Date` reads them. */
const ZONE = /:\d\d.*?(?:Z|[+-]\d\d:?(?:\d\d)?|\b(?:UTC?|GMT|[ECMP][SD]T))\s*(?:\([^)]*\))?\s*$/i
const ISO_TIME = /^[+-]?\d{4,6}-\d\d-\d\dT/

/** An epoch number in seconds, tolerated in milliseconds, as milliseconds. */
const ofEpoch = (value: number): number => Math.round(Math.abs(value) < SECONDS_BELOW ? value * 1000 : value)

const kept = (at: number): number | undefined => readInstant(at)

/** What `Date` reads of a text; in UTC where it names no zone, whatever the zone of this process. */
const ofDate = (text: string): number => {
  if (ZONE.test(text)) return Date.parse(text)
  if (ISO_TIME.test(text)) return Date.parse(`${text}Z`)
  const utc = Date.parse(`${text} UTC`)
  return Number.isNaN(utc) ? Date.parse(text) : utc
}

/**
 * Reads `timestamp`, in whatever form `Date` reads, in UTC unless it says its zone, or an epoch number.
 * Answers epoch milliseconds; undefined when it is no time.
 */
export const readTimestamp = (value: unknown): number | undefined => {
  if (typeof value === 'number') return kept(ofEpoch(value))
  if (typeof value !== 'string' || value.length > 100) return undefined
  const text = value.trim()
  if (text === '') return undefined
  if (EPOCH.test(text)) return kept(ofEpoch(Number(text)))
  return readInstant(text) ?? kept(ofDate(text))
}

/** Reads `epoch_time`: seconds as a number or in digits, tolerated in milliseconds. Answers epoch milliseconds. */
export const readEpochTime = (value: unknown): number | undefined => {
  if (typeof value === 'number') return kept(ofEpoch(value))
  if (typeof value !== 'string' || !/^\s*-?\d{1,16}(?:\.\d+)?\s*$/.test(value)) return undefined
  return kept(ofEpoch(Number(value)))
}
