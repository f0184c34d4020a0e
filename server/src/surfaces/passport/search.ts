import type { Answered } from '../../app/app.ts'
import { and, column, type Field, type Filter, isNull, matches, or, path } from '../../core/filter.ts'
import type { Cursor } from '../../core/page.ts'
import type { Window } from '../../core/window.ts'
import { DAY_MS } from '../../core/window.ts'
import type { Caller } from './auth.ts'
import { bodyOf, partOf } from './body.ts'
import type { Parameters, Sent } from './parameters.ts'
import type { RouteParts } from './route.ts'

/** How far ahead of the clock an event can be. */
const AHEAD = 400 * DAY_MS
/** Rows of one page of an answer, and how far in it may begin. */
export const MOST = 10_000
const FURTHEST = 1_000_000

/** What a search sent: in its query, or in a member of its body. */
export const sentTo = (
  request: { readonly method: string; readonly query: unknown; readonly body: unknown },
  member: string,
): Sent => (request.method === 'GET' ? (request.query as Sent) : partOf(bodyOf(request.body), member))

export const pageOf = (read: Parameters): { skip: number; size: number } => ({
  size: read.whole('numberOfResults', { least: 1, most: MOST, otherwise: 25 }),
  skip: read.whole('startRow', { least: 0, most: FURTHEST, otherwise: 0 }),
})

/** From start to end, both included; everything there is when neither was given. */
export const windowOf = (read: Parameters, now: number): Window => {
  const [start, end] = [read.moment('start'), read.moment('end')]
  if (start !== undefined && end !== undefined && start > end)
    read.refuse('end', 'range', 'The [end] parameter must not be before the [start] parameter')
  const from = start ?? Math.min(0, end ?? 0)
  return { from, to: end ?? Math.max(now + AHEAD, from) }
}

/** `insertInstant DESC`, `message`: the columns of an order, by the dialect's names for them. */
export const orderOf = (read: Parameters, names: Readonly<Record<string, string>>): readonly string[] | undefined => {
  const sent = read.text('orderBy')
  if (sent === undefined) return undefined
  const parts = sent.split(',').map((part) => /^\s*(\w+)(?:\s+(asc|desc))?\s*$/i.exec(part))
  const order = parts.map((part) => {
    const name = part?.[1] === undefined ? undefined : names[part[1]]
    return name && `${part?.[2]?.toLowerCase() === 'desc' ? '-' : ''}${name}`
  })
  const known = order.filter((one) => one !== undefined)
  if (known.length === order.length) {
    // The id decides among entries of one instant, in the same direction.
    return known.flatMap((one) => (one.endsWith('event_ts') ? [one, one.replace('event_ts', 'event_id')] : [one]))
  }
  read.refuse(
    'orderBy',
    'range',
    `The [orderBy] parameter must be of ${Object.keys(names).join(', ')}, with ASC or DESC`,
  )
  return undefined
}

/** Whether a text is like a pattern: `*` stands for anything, and without one the text may stand anywhere. */
export const like = (field: Field, pattern: string): Filter =>
  matches(field, (pattern.includes('*') ? pattern : `*${pattern}*`).split('*'), true)

/** Whether a member of the event that was sent, or where there is none a column, is like a pattern. */
export const likeEither = (member: string, otherwise: string, pattern: string): Filter =>
  or(like(path(member), pattern), and(isNull(path(member)), like(column(otherwise), pattern)))

export interface Search {
  readonly report: 'log-entries' | 'event-search'
  readonly window: Window
  readonly filter: Filter
  readonly page: { readonly skip: number; readonly size: number }
  readonly order?: readonly string[] | undefined
  readonly after?: Cursor
  readonly total: boolean
  readonly with: readonly string[]
  readonly signal?: AbortSignal
}

export const search = async (
  { context }: RouteParts,
  caller: Caller,
  { report: id, order, ...asked }: Search,
): Promise<Answered> => {
  const report = context.app.reports.get(id)
  if (!report) throw new Error(`There is no report named ${id}`)
  return await context.app.runReport(caller.principal, caller.realm, report, { ...asked, ...(order ? { order } : {}) })
}
