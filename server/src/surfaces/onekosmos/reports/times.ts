import { readInstant } from '../../../core/instant.ts'

/** What the store's times can hold: 1900 to the end of 2299, in epoch milliseconds. */
const EARLIEST = Date.UTC(1900, 0, 1)
const LATEST = Date.UTC(2299, 11, 31, 23, 59, 59, 999)
/** Epoch numbers below this are seconds, as in the rest of the dialect; as milliseconds it is March 1973. */
const SECONDS_BELOW = 100_000_000_000

/**
 * Reads a time of a request: `YYYY-MM-DD HH:mm:ss.SSS` or ISO 8601, in UTC unless it says its offset, or an epoch
 * number in seconds or milliseconds. Answers epoch milliseconds, kept within what the store can hold; undefined for
 * anything else.
 */
export const readTime = (value: unknown): number | undefined => {
  const at = readInstant(typeof value === 'number' && value < SECONDS_BELOW ? value * 1000 : value)
  return at === undefined ? undefined : Math.min(Math.max(at, EARLIEST), LATEST)
}
