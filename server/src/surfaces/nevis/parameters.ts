import { Temporal } from 'temporal-polyfill'
import { type Issue, invalid } from '../../core/fault.ts'
import { readInstant } from '../../core/instant.ts'
import type { Window } from '../../core/window.ts'

/** Nevis names no most for a page; this is ours. */
export const MOST = 1_000
const LONGEST = 1_024
const DEFAULT_SPAN = 'P30D'

const statuses = ['succeeded', 'failed'] as const
const filterTypes = ['loginId', 'userId', 'description'] as const

/** What a question for events asks, read and checked. */
export interface Asked {
  readonly window: Window
  readonly status: (typeof statuses)[number] | undefined
  readonly filter: string | undefined
  readonly filterType: (typeof filterTypes)[number] | undefined
  /** From 1. */
  readonly page: number
  readonly limit: number
}

type Query = Readonly<Record<string, unknown>>

/** How far a duration reaches back from an instant, by the calendar in UTC; undefined when it is none that does. */
const before = (duration: string, now: number): number | undefined => {
  try {
    const span = Temporal.Duration.from(duration)
    if (span.sign <= 0) return undefined
    return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('UTC').subtract(span).epochMilliseconds
  } catch {
    return undefined
  }
}

/** A plus sign that was sent as it is stands for a space in a query. */
const instantOf = (text: string): number | undefined => readInstant(text.replace(/ (\d\d:?\d\d)$/, '+$1'))

const reading = (query: Query) => {
  const issues: Issue[] = []
  const refuse = (name: string, rule: string, message: string): undefined => {
    issues.push({ where: 'query', name, rule, message })
    return undefined
  }
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(query, name) ? query[name] : undefined
    if (value === undefined || value === '') return undefined
    if (typeof value !== 'string') return refuse(name, 'duplicate', `${name} must be given once`)
    if (!value.isWellFormed()) return refuse(name, 'format', `${name} is not valid Unicode`)
    if (value.length > LONGEST) return refuse(name, 'size', `${name} is longer than ${LONGEST} characters`)
    return value
  }
  return {
    issues,
    refuse,
    text,
    instant(name: string): number | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      return (
        instantOf(value) ??
        refuse(name, 'format', `${name} must be an ISO 8601 timestamp such as 2022-07-08T11:15:09.652Z`)
      )
    },
    oneOf<const W extends string>(name: string, words: readonly W[]): W | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      return words.find((word) => word === value) ?? refuse(name, 'enum', `${name} must be one of ${words.join(', ')}`)
    },
    whole(name: string, otherwise: number, most: number): number {
      const value = text(name)
      if (value === undefined) return otherwise
      const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
      if (Number.isSafeInteger(number) && number >= 1 && number <= most) return number
      const bounds = most === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${most}`
      refuse(name, 'range', `${name} must be a whole number ${bounds}`)
      return otherwise
    },
  }
}

/**
 * Reads the parameters of a question for events. Both dates are included; the default timespan counts only when none
 * of the three was given.
 * @throws Fault `invalid` with every parameter that is wrong
 */
export const readAsked = (query: Query, now: number): Asked => {
  const { issues, refuse, text, instant, oneOf, whole } = reading(query)
  const [from, to, timespan] = [instant('fromDate'), instant('toDate'), text('timespan')]
  const dated = ['fromDate', 'toDate'].some((name) => (query[name] ?? '') !== '')
  if (timespan !== undefined && dated)
    refuse('timespan', 'conflict', 'timespan cannot be combined with fromDate or toDate; send one or the other')
  const since = dated ? (from ?? Math.min(0, to ?? 0)) : before(timespan ?? DEFAULT_SPAN, now)
  if (since === undefined)
    refuse(
      'timespan',
      'format',
      'timespan must be an ISO 8601 duration above zero such as P30D, P1M or P0DT1H, within the calendar',
    )
  const window = { from: since ?? 0, to: to ?? Math.max(now, since ?? 0) }
  if (issues.length === 0 && window.from > window.to) refuse('toDate', 'range', 'toDate must not be before fromDate')
  const asked = {
    window,
    status: oneOf('status', statuses),
    filter: text('filter'),
    filterType: oneOf('filterType', filterTypes),
    page: whole('offset', 1, Number.MAX_SAFE_INTEGER),
    limit: whole('limit', 50, MOST),
  }
  if (issues.length > 0) throw invalid(issues)
  return asked
}
