import { Type } from 'typebox'
import { cutWindow, dialOf, spanOf } from '../core/cut.ts'
import { invalid } from '../core/fault.ts'
import type { Basis } from '../core/report.ts'
import { isZone, localDay, monthOfDay, wallClock } from '../core/zone.ts'

/**
 * What reports over rollups share: which rows of them lie inside the window, which events are left beside them, and how
 * times become the buckets of a wall clock. Texts of SQL whose holes `core/cut.ts` fills.
 */

/** Days inside the window. */
export const inDays = `unit = 'day' AND period >= {days_from:Int32} AND period < {days_to:Int32}` as const

/** Days, and quarter hours on both sides of them. */
export const inPeriods = `(${inDays} OR unit = 'quarter' AND (
      period >= {head_from:Int32} AND period < {head_to:Int32} OR period >= {tail_from:Int32} AND period < {tail_to:Int32}))` as const

/** Events of the window that no day holds. */
export const besideDays = `{beside_days:UInt8} AND (event_ts < fromUnixTimestamp64Milli({days_start:Int64}, 'UTC')
      OR event_ts >= fromUnixTimestamp64Milli({days_end:Int64}, 'UTC'))` as const

/** Events of the window that neither a day nor a quarter hour holds. */
export const besidePeriods = `{beside:UInt8} AND (event_ts < fromUnixTimestamp64Milli({inner_from:Int64}, 'UTC')
      OR event_ts >= fromUnixTimestamp64Milli({inner_to:Int64}, 'UTC'))` as const

/** An instant, epoch milliseconds, on the dial of the asked zone. */
export const onDial = <At extends string>(at: At) =>
  `(${at} + {offset:Int64} + arraySum(arrayMap((change, shift) -> if(${at} >= change, shift, 0), {changes:Array(Int64)}, {shifts:Array(Int64)})))` as const

const bucketOf = <Local extends string>(local: Local) =>
  `(${local} - positiveModulo(${local}, {bucket:Int64}))` as const

/** The bucket of a rollup's row, in milliseconds of the dial. */
export const bucketOfRow =
  `if(unit = 'day', toInt64(period) * 86400000, ${bucketOf(onDial('toInt64(period) * 900000'))})` as const

/** The bucket of an instant in epoch milliseconds. */
export const bucketOfTime = <At extends string>(at: At) => bucketOf(onDial(at))

/** A bucket as the dial shows it. */
export const bucketText = `formatDateTime(fromUnixTimestamp64Milli(bucket, 'UTC'), '%Y-%m-%d %H:%i:%S.000')` as const

export const bucketParams = {
  zone: Type.String({ default: '', maxLength: 64, description: "IANA zone of the times; the realm's when empty" }),
  hourly: Type.Boolean({ default: false, description: 'By hour instead of by day' }),
}

/** Holes of a report that answers one figure, or one for each name. */
export const cutOf = ({ window, zone }: Basis) => ({ ...cutWindow(window, zone) })

/** Holes of a report by bucket: days of the realm answer where they are those that were asked. */
export const bucketsOf = ({ window, zone, params, now }: Basis) => {
  const asked = params.zone === '' ? zone : String(params.zone)
  if (!isZone(asked))
    throw invalid([
      { where: 'body', name: 'zone', rule: 'format', message: 'zone must be an IANA time zone such as Europe/Zurich' },
    ])
  const byHour = params.hourly === true
  return {
    ...cutWindow(window, byHour || asked !== zone ? undefined : zone),
    ...dialOf(window, asked, now),
    bucket: byHour ? 3_600_000 : 86_400_000,
  }
}

/** The window itself, in epoch milliseconds, without its end. */
export const spanHoles = ({ window }: Basis) => {
  const { from, until } = spanOf(window)
  return { span_from: from, span_until: until }
}

/** Buckets of what is looked for in the span of the window. */
export const bucketsInSpan = (basis: Basis) => ({ ...spanHoles(basis), ...bucketsOf(basis) })

export const applicationParams = {
  applications: Type.Array(Type.String({ maxLength: 8_192 }), {
    default: [],
    maxItems: 100,
    description: 'Only these applications; none for all together',
  }),
}

/** The days of the realm's calendar that the window touches, both ends included. */
export const daysTouched = ({ window, zone }: Basis) => {
  const { from, until } = spanOf(window)
  return { day_from: localDay(zone, from), day_to: localDay(zone, Math.max(from, until - 1)) }
}

/** The months that it touches. */
export const monthsTouched = (basis: Basis) => {
  const { day_from, day_to } = daysTouched(basis)
  return { month_from: monthOfDay(day_from), month_to: monthOfDay(day_to) }
}

/** The hours of the realm's wall clock that it touches, and how that clock runs. */
export const hoursTouched = ({ window, zone, now }: Basis) => {
  const { from, until } = spanOf(window)
  const hourOf = wallClock(zone)
  return {
    ...dialOf(window, zone, now),
    hour_from: hourOf(from),
    hour_to: hourOf(Math.max(from, until - 1)),
  }
}
