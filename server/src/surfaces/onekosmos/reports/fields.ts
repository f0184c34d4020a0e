import {
  and,
  anyOf,
  type Comparison,
  column,
  equals,
  everything,
  type Field,
  type Filter,
  not,
  or,
  path,
  type Scalar,
} from '../../../core/filter.ts'
import { readTime } from './times.ts'

/** How a filter's value is ordered against a field. */
export type Ordering = Extract<Comparison, 'less' | 'atMost' | 'greater' | 'atLeast'>

/** Names on the wire whose value stands in a column of the event. */
const columns: Readonly<Record<string, string>> = {
  eventName: 'event_name',
  event_name: 'event_name',
  event_id: 'event_id',
  user_id: 'user_id',
  person_id: 'person_id',
  device_id: 'device_id',
  session_id: 'session_id',
  auth_method: 'auth_method',
  eventCategory: 'category',
  tenant_id: 'tenant_id',
  community_id: 'community_id',
}

/** Names under which senders write one thing; a filter on the first matches any of them. */
const synonyms: Readonly<Record<string, readonly Field[]>> = {
  serviceProvider: [path('serviceProvider'), path('sp_name'), path('sp_id')],
}

/** The event's own time, which is filled in for senders that gave none: milliseconds, a text, or seconds. */
const times: ReadonlySet<string> = new Set(['event_ts', 'timestamp', 'epoch_time'])

const WRAPPER = 'eventData'
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/**
 * Where a name is looked for: its column, its synonyms or the path itself. Events are flat, so `eventData.x` is also
 * looked for as `x`, which is what the documents' own example needs.
 */
export const places = (keys: readonly string[]): readonly Field[] => {
  const [first = '', ...rest] = keys
  if (rest.length > 0) {
    const literal = path(...keys)
    return first === WRAPPER ? [literal, ...places(rest)] : [literal]
  }
  const named = own(columns, first)
  return named ? [column(named)] : (own(synonyms, first) ?? [path(first)])
}

const isTime = (keys: readonly string[]): string | undefined => {
  const name = keys.length === 2 && keys[0] === WRAPPER ? keys[1] : keys.length === 1 ? keys[0] : undefined
  return name !== undefined && times.has(name) ? name : undefined
}

/** A column of text is compared as text, whatever the caller wrote. */
const fit = (field: Field, value: Scalar): Scalar =>
  field.at === 'column' && value !== null && typeof value !== 'string' ? String(value) : value

const eventTs = column('event_ts')
const nothing: Filter = not(everything)
const between = (least: number, most: number): Filter =>
  and({ is: 'atLeast', field: eventTs, value: least }, { is: 'atMost', field: eventTs, value: most })

const timeIs = (name: string, keys: readonly string[], value: Scalar): Filter => {
  if (value === null) return nothing
  const sent = equals(path(...keys), value)
  const seconds = name === 'epoch_time' && typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value
  const at = readTime(seconds)
  if (at === undefined) return sent
  return or(sent, name === 'epoch_time' ? between(at, at + 999) : equals(eventTs, at))
}

/** A filter on the equality of a name with a value; null asks for a name that is missing. */
export const isEqual = (keys: readonly string[], value: Scalar): Filter => {
  const time = isTime(keys)
  if (time) return timeIs(time, keys, value)
  if (value === null) return isMissing(keys)
  return or(...places(keys).map((field) => equals(field, fit(field, value))))
}

/** A filter on a name having one of the values. */
export const isAnyOf = (keys: readonly string[], values: readonly Scalar[]): Filter => {
  if (values.length === 0) return nothing
  if (isTime(keys) || values.includes(null)) return or(...values.map((value) => isEqual(keys, value)))
  return or(
    ...places(keys).map((field) =>
      anyOf(
        field,
        values.map((value) => fit(field, value)),
      ),
    ),
  )
}

/** A filter on a name that the event does not have. */
export const isMissing = (keys: readonly string[]): Filter => {
  if (isTime(keys)) return nothing
  return and(...places(keys).map((field): Filter => ({ is: 'null', field })))
}

/** A filter on the order of a name's value; undefined when a time is compared with what is none. */
export const isOrdered = (keys: readonly string[], ordering: Ordering, value: string | number): Filter | undefined => {
  const time = isTime(keys)
  if (!time)
    return or(
      ...places(keys).map((field): Filter => ({ is: ordering, field, value: fit(field, value) as string | number })),
    )
  const at = readTime(time === 'epoch_time' ? Number(value) : value)
  if (at === undefined) return undefined
  if (time !== 'epoch_time') return { is: ordering, field: eventTs, value: at }
  const second = Math.floor(at / 1000) * 1000
  const last = ordering === 'atMost' || ordering === 'greater' ? second + 999 : second
  return { is: ordering, field: eventTs, value: last }
}
