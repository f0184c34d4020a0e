/** A span of event time in epoch milliseconds, both ends included. */
export interface Window {
  readonly from: number
  readonly to: number
}

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** The first millisecond of the UTC day of an instant. */
export const startOfUtcDay = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS

/** The part of a window that retention still shows; exact at read time. */
export const clampWindow = (window: Window, oldest: number | undefined): Window =>
  oldest === undefined || window.from >= oldest ? window : { from: oldest, to: Math.max(window.to, oldest - 1) }
