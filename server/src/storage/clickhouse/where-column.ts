import type { Comparison, Scalar } from '../../core/filter.ts'
import { type Bindings, bindTime } from './bindings.ts'

type Value = Exclude<Scalar, null>
export type Ordering = Exclude<Comparison, 'equals' | 'contains' | 'startsWith'>

export const operators: Readonly<Record<Ordering, string>> = {
  less: '<',
  atMost: '<=',
  greater: '>',
  atLeast: '>=',
}

/** Columns that are not text. A table that lacks one of them is never asked for it. */
const kinds: Readonly<Record<string, 'time' | 'number'>> = {
  event_ts: 'time',
  received_ts: 'time',
  seq: 'number',
  local_hour: 'number',
}

/** Text columns are compared as text: 5 and true as they stand in JSON. Times and numbers match numbers only. */
export const columnIn = (column: string, values: readonly Value[], bindings: Bindings): string => {
  const kind = kinds[column]
  if (!kind) {
    const [only] = values
    if (values.length === 1) return `${column} = ${bindings.bind(String(only), 'String')}`
    return `${column} IN ${bindings.bind(values.map(String), 'Array(String)')}`
  }
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length === 0) return '0'
  return `(${numbers.map((value) => compareNumber(column, kind, '=', value, bindings)).join(' OR ')})`
}

export const columnIsNull = (column: string): string => (kinds[column] ? '0' : `${column} = ''`)

export const compareColumn = (
  is: Exclude<Comparison, 'equals'>,
  column: string,
  value: Value,
  bindings: Bindings,
): string => {
  const kind = kinds[column]
  if (is === 'contains' || is === 'startsWith') return kind ? '0' : textTest(is, column, String(value), bindings)
  if (kind) return typeof value === 'number' ? compareNumber(column, kind, operators[is], value, bindings) : '0'
  return `${column} ${operators[is]} ${bindings.bind(String(value), 'String')}`
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
