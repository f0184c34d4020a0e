import type { Comparison, Scalar } from '../../core/filter.ts'
import { type Bindings, bindTime } from './bindings.ts'
import { folded, literally } from './where-words.ts'

type Value = Exclude<Scalar, null>
export type Ordering = Exclude<Comparison, 'equals' | 'contains' | 'startsWith'>

export const operators: Readonly<Record<Ordering, string>> = {
  less: '<',
  atMost: '<=',
  greater: '>',
  atLeast: '>=',
}

type Kind = 'time' | 'number' | 'flag'

/** Columns that are not text. A table that lacks one of them is never asked for it. */
const kinds: Readonly<Record<string, Kind>> = {
  event_ts: 'time',
  received_ts: 'time',
  created_ts: 'time',
  modified_ts: 'time',
  seq: 'number',
  local_hour: 'number',
  created_at: 'time',
  finished_at: 'time',
  last_event_at: 'time',
  last_login: 'time',
  duration: 'number',
  retention_locked: 'flag',
  active: 'flag',
  terminated: 'flag',
  shared: 'flag',
}

/** Columns that hold NULL where others hold an empty text. */
const nullable: ReadonlySet<string> = new Set(['finished_at', 'duration', 'last_login'])

/** A test that is 0, never NULL, where the column is. */
const sure = (column: string, test: string): string => (nullable.has(column) ? `ifNull(${test}, 0)` : test)

/**
 * Text columns are compared as text: 5 and true as they stand in JSON. Times and numbers match numbers only, flags true
 * and false only.
 */
export const columnIn = (column: string, values: readonly Value[], bindings: Bindings): string => {
  const kind = kinds[column]
  if (!kind) {
    const [only] = values
    if (values.length === 1) return `${column} = ${bindings.bind(String(only), 'String')}`
    return `${column} IN ${bindings.bind(values.map(String), 'Array(String)')}`
  }
  if (kind === 'flag') {
    const flags = values.filter((value) => typeof value === 'boolean')
    return flags.length === 0 ? '0' : `${column} IN ${bindings.bind(flags.map(Number), 'Array(UInt8)')}`
  }
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length === 0) return '0'
  const tests = numbers.map((value) => compareNumber(column, kind, '=', value, bindings))
  return sure(column, `(${tests.join(' OR ')})`)
}

export const columnIsNull = (column: string): string => {
  if (nullable.has(column)) return `isNull(${column})`
  return kinds[column] ? '0' : `${column} = ''`
}

export const compareColumn = (
  is: Exclude<Comparison, 'equals'>,
  column: string,
  value: Value,
  bindings: Bindings,
): string => {
  const kind = kinds[column]
  if (is === 'contains' || is === 'startsWith') return kind ? '0' : textTest(is, column, String(value), bindings)
  if (kind === 'flag') return '0'
  if (kind)
    return typeof value === 'number' ? sure(column, compareNumber(column, kind, operators[is], value, bindings)) : '0'
  return `${column} ${operators[is]} ${bindings.bind(String(value), 'String')}`
}

/** What a text is compared with as a whole: pieces with anything between them. */
export interface Pattern {
  readonly pieces: readonly string[]
  readonly caseless: boolean
}

export const columnMatches = (column: string, pattern: Pattern, bindings: Bindings): string =>
  kinds[column] === 'time'
    ? sure(column, textMatches(isoOf(column), pattern, bindings))
    : kinds[column]
      ? '0'
      : textMatches(column, pattern, bindings)

/** A time as it is told: ISO 8601 in UTC with milliseconds. */
const isoOf = (column: string): string => `concat(replaceOne(toString(${column}), ' ', 'T'), 'Z')`

export const textMatches = (text: string, { pieces, caseless }: Pattern, bindings: Bindings): string => {
  const sides = (bound: string) => (caseless ? [folded(text), folded(bound)] : [text, bound])
  const [only] = pieces
  if (only === undefined) return '0'
  if (pieces.length === 1) return sides(bindings.bind(only, 'String')).join(' = ')
  const like = pieces.map(literally).join('%')
  return sides(bindings.bind(like, 'String')).join(' LIKE ')
}

/** Whether a text holds another, or begins with it. Case matters. */
export const textTest = (is: 'contains' | 'startsWith', text: string, value: string, bindings: Bindings): string => {
  const bound = bindings.bind(value, 'String')
  return is === 'contains' ? `position(${text}, ${bound}) > 0` : `startsWith(${text}, ${bound})`
}

const compareNumber = (
  column: string,
  kind: 'time' | 'number',
  operator: string,
  value: number,
  bindings: Bindings,
): string => {
  const whole = Number.isSafeInteger(value)
  if (kind === 'time' && whole) return `${column} ${operator} ${bindTime(bindings, value)}`
  const number = kind === 'time' ? `toUnixTimestamp64Milli(${column})` : column
  return `${number} ${operator} ${bindings.bind(value, whole ? 'Int64' : 'Float64')}`
}
