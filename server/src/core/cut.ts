import type { Window } from './window.ts'
import { clockRun, dayStart, localDay } from './zone.ts'

/**
 * A window cut into what rollups answer and what is left: whole days of the realm's clock, whole quarter hours on both
 * sides of them, and the bits of a quarter hour at its two ends, which events themselves answer.
 */
export interface Cut {
  /** Days since 1970, from (inclusive) to (exclusive). */
  readonly days_from: number
  readonly days_to: number
  /** The instants, epoch milliseconds, between which days answer. */
  readonly days_start: number
  readonly days_end: number
  /** Whether anything of the window lies outside of its days. */
  readonly beside_days: number
  /** Quarter hours since 1970 before and after the days. */
  readonly head_from: number
  readonly head_to: number
  readonly tail_from: number
  readonly tail_to: number
  /** The instants between which rollups answer, and whether anything of the window lies outside of them. */
  readonly inner_from: number
  readonly inner_to: number
  readonly beside: number
}

const QUARTER_MS = 900_000
/** The store's times and our calendar end here; a window beyond is as good as one up to it. */
const EARLIEST = Date.UTC(1900, 0, 1)
const LATEST = Date.UTC(2299, 11, 31)

/** A window as the half-open span that it is in whole milliseconds, within what the store can hold. */
export const spanOf = (window: Window): { readonly from: number; readonly until: number } => {
  const from = Math.min(Math.max(window.from, EARLIEST), LATEST)
  return { from, until: Math.max(from, Math.min(window.to + 1, LATEST)) }
}

/** @param zone the realm's zone; undefined when days of it cannot answer */
export const cutWindow = (window: Window, zone: string | undefined): Cut => {
  const { from, until } = spanOf(window)
  const head_from = Math.ceil(from / QUARTER_MS)
  const tail_to = Math.floor(until / QUARTER_MS)
  const quarters = head_from < tail_to
  const inner_from = quarters ? head_from * QUARTER_MS : until
  const inner_to = quarters ? tail_to * QUARTER_MS : until
  const beside = from < inner_from || inner_to < until ? 1 : 0
  const first = zone === undefined ? 0 : firstDay(zone, from)
  const last = zone === undefined ? 0 : localDay(zone, until)
  const [start, end] =
    zone === undefined || first >= last ? [until, until] : [dayStart(zone, first), dayStart(zone, last)]
  const days = start < end && start % QUARTER_MS === 0 && end % QUARTER_MS === 0
  return {
    days_from: days ? first : 0,
    days_to: days ? last : 0,
    days_start: days ? start : until,
    days_end: days ? end : until,
    beside_days: !days || from < start || end < until ? 1 : 0,
    head_from: quarters ? head_from : 0,
    head_to: quarters ? (days ? start / QUARTER_MS : tail_to) : 0,
    tail_from: days ? end / QUARTER_MS : 0,
    tail_to: days ? tail_to : 0,
    inner_from,
    inner_to,
    beside,
  }
}

/** The first day of a zone that begins at or after an instant. */
const firstDay = (zone: string, at: number): number => {
  const day = localDay(zone, at)
  return dayStart(zone, day) < at ? day + 1 : day
}

/** How times become a wall clock's in the engine: bound to `offset`, `changes` and `shifts`. */
export interface Dial {
  readonly offset: number
  readonly changes: readonly number[]
  readonly shifts: readonly number[]
}

const SPARE_MS = 400 * 86_400_000

/** The dial of a zone over a window; no event lies further ahead of now than a year. */
export const dialOf = (window: Window, zone: string, now: number): Dial => {
  const { from, until } = spanOf(window)
  const begin = Math.max(from - 2 * 86_400_000, EARLIEST)
  return clockRun(zone, begin, Math.max(begin, Math.min(until + 2 * 86_400_000, now + SPARE_MS)))
}
