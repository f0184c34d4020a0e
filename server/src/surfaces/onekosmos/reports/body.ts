import type { Issue } from '../../../core/fault.ts'
import { DAY_MS, startOfUtcDay, type Window } from '../../../core/window.ts'
import { bodyIssue } from '../json-body.ts'
import { readTime } from './times.ts'

export type Body = Readonly<Record<string, unknown>>

/** Which page was asked for, in the caller's own numbers. */
export interface Paging {
  readonly pSize: number
  readonly pIndex: number
}

const DEFAULT_SIZE = 25
const LARGEST_SIZE = 100
const LARGEST_INDEX = 1_000_000_000
const OLDEST_DAYS = 90

export const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const readWhole = (
  body: Body,
  name: string,
  bounds: { least: number; most: number; otherwise: number },
  issues: Issue[],
): number => {
  const value = body[name]
  if (value === undefined) return bounds.otherwise
  if (typeof value === 'number' && Number.isInteger(value) && value >= bounds.least && value <= bounds.most)
    return value
  issues.push(bodyIssue(name, 'range', `Field should be a whole number from ${bounds.least} to ${bounds.most}`))
  return bounds.otherwise
}

/** Reads `pSize` (25 unless said, 1 to 100) and `pIndex` (0 unless said). */
export const readPaging = (body: Body, issues: Issue[]): Paging => ({
  pSize: readWhole(body, 'pSize', { least: 1, most: LARGEST_SIZE, otherwise: DEFAULT_SIZE }, issues),
  pIndex: readWhole(body, 'pIndex', { least: 0, most: LARGEST_INDEX, otherwise: 0 }, issues),
})

/** Where an asked span begins when `from` is missing. */
export const thirtyDays = (now: number): number => startOfUtcDay(now) - 30 * DAY_MS
export const oneDay = (now: number): number => now - DAY_MS

const NOT_A_DATE = "Field should be a date: 'YYYY-MM-DD HH:mm:ss.SSS', ISO 8601 or epoch time"
const readDate = (body: Body, name: string, issues: Issue[]): number | undefined => {
  if (body[name] === undefined) return undefined
  const at = readTime(body[name])
  if (at === undefined) issues.push(bodyIssue(name, 'format', NOT_A_DATE))
  return at
}

/**
 * Reads `from` and `to`. `from` lies between the start of the UTC day 90 days ago and now; `to` lies after it and may
 * be in the future, and may equal it where that means something (1Kosmos Reports v2.1; the sentences are the live service's).
 */
export const readWindow = (
  body: Body,
  asked: { readonly now: number; readonly defaultFrom: (now: number) => number; readonly orEqual?: boolean },
  issues: Issue[],
): Window => {
  const { now } = asked
  const oldest = startOfUtcDay(now) - OLDEST_DAYS * DAY_MS
  const given = readDate(body, 'from', issues)
  if (given !== undefined && (given < oldest || given > now))
    issues.push(bodyIssue('from', 'range', 'Field should be from current time to minus 90 days'))
  const from = given ?? asked.defaultFrom(now)
  const to = readDate(body, 'to', issues)
  const comparable = body.from === undefined || given !== undefined
  if (to !== undefined && comparable && (asked.orEqual ? to < from : to <= from))
    issues.push(bodyIssue('to', 'range', `Date 'to' must be after ${asked.orEqual ? 'or equal to ' : ''}'from'`))
  return { from, to: to ?? Math.max(now, from) }
}
