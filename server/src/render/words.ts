import type { Cell, ColumnKind } from '../core/table.ts'
import type { Window } from '../core/window.ts'
import { offsetsOf } from '../core/zone.ts'
import type { Document } from './document.ts'

/** How values are written for people, in one zone. The only place that says so, whatever the format. */
export interface Words {
  /** `2026-11-27 06:00:00`; with its offset in an hour that a change of clocks repeats. */
  instant(epochMs: number): string
  /** How far the zone is from UTC at an instant: `UTC+01:00`. */
  offset(epochMs: number): string
  period(window: Window): string
  cell(kind: ColumnKind, cell: Cell): string
}

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000

const two = (value: number): string => String(value).padStart(2, '0')

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 6 })

export const sayNumber = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1_000 ? String(value) : numbers.format(value)

/** `0.25 s`, `2:03:04`, `3 d 2:03:04`. */
export const sayDuration = (ms: number): string => {
  const sign = ms < 0 ? '-' : ''
  const all = Math.abs(ms)
  if (all < MINUTE) return `${sign}${numbers.format(all / 1_000)} s`
  const days = Math.floor(all / DAY)
  const clock = [
    Math.floor((all % DAY) / HOUR),
    two(Math.floor((all % HOUR) / MINUTE)),
    two(Math.floor((all % MINUTE) / 1_000)),
  ]
  return `${sign}${days > 0 ? `${days} d ` : ''}${clock.join(':')}`
}

const sayOffset = (offset: number): string => {
  const all = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(all / HOUR))}:${two(Math.floor((all % HOUR) / MINUTE))}`
}

export const createWords = (zone: string): Words => {
  const offsetAt = offsetsOf(zone)
  /** Whether the clock shows the same time again, before or after. */
  const repeated = (at: number, offset: number): boolean =>
    [offsetAt(at - 3 * HOUR), offsetAt(at + 3 * HOUR)].some((other) => {
      if (other === offset) return false
      return offsetAt(at + offset - other) === other
    })
  const instant = (at: number): string => {
    const offset = offsetAt(at)
    const date = new Date(at + offset).toISOString()
    const said = `${date.slice(0, -14)} ${date.slice(-13, -5)}`
    return repeated(at, offset) ? `${said} ${sayOffset(offset)}` : said
  }
  const cell: Words['cell'] = (kind, value) => {
    if (value === null) return ''
    if (kind === 'flag') return value === true ? 'yes' : 'no'
    if (typeof value !== 'number') return String(value)
    if (kind === 'instant') return instant(value)
    if (kind === 'seconds') return sayDuration(value * 1_000)
    return kind === 'duration' ? sayDuration(value) : sayNumber(value)
  }
  return {
    instant,
    offset: (at) => `UTC${sayOffset(offsetAt(at))}`,
    period: ({ from, to }) => `${instant(from)} to ${instant(to)}`,
    cell,
  }
}

/** The lines of a document's head: what it is about, as name and value. */
export const headLines = (document: Document, words: Words): readonly (readonly [name: string, value: string])[] => [
  ['Realm', document.realm],
  ['Period', document.period ? words.period(document.period) : 'all that there was when generated'],
  ['Time zone', `${document.zone} (${words.offset(document.generatedAt)} when generated)`],
  ['Asked by', document.askedBy],
  ['Generated', words.instant(document.generatedAt)],
  ['Filter', document.filter === '' ? 'none' : document.filter],
]

/** The sentence below a table that was cut. */
export const sayCut = (shown: number, total: number | undefined): string => {
  if (total === undefined || total <= shown) return 'More rows: see the CSV'
  const left = total - shown
  return `${sayNumber(left)} more ${left === 1 ? 'row' : 'rows'}: see the CSV`
}
