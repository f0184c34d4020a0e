import { eventColumns } from '../../core/event.ts'
import { type Issue, invalid } from '../../core/fault.ts'
import {
  and,
  anyOf,
  type Comparison,
  column,
  type Field,
  type Filter,
  not,
  or,
  path,
  type Scalar,
} from '../../core/filter.ts'
import { readInstant } from '../../core/instant.ts'

/** How a filter is written, in the words of the documents. */
export const filterLanguage = [
  'A JSON object; its members are joined by "and".',
  'A name is a column of the event, or else a dotted path into the event as it was sent (`event.` in front always means the path).',
  'A value is a text, a number, true or false (equal), null (absent or null), a list (any of), or an object of operators:',
  '`eq`, `ne`, `in`, `not_in`, `lt`, `lte`, `gt`, `gte`, `contains`, `starts_with`, `exists`.',
  '`and` and `or` take a list of filters, `not` takes one.',
  'Times are ISO 8601 or epoch milliseconds.',
  'Example: `{"action":"login","outcome":{"ne":"success"},"or":[{"user_id":"ann"},{"factors.0":"otp"}]}`',
].join(' ')

const MOST_COMPARISONS = 200
const DEEPEST = 10
const LONGEST_VALUE = 4_096
const times: ReadonlySet<string> = new Set(['event_ts', 'received_ts'])
const numbers: ReadonlySet<string> = new Set(['seq', 'local_hour'])
const columns: ReadonlySet<string> = new Set(eventColumns.filter((name) => name !== 'raw'))
const texts: ReadonlySet<string> = new Set([...columns].filter((name) => !times.has(name) && !numbers.has(name)))

/** Operators of one value, as the core names them. */
const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ['eq', 'equals'],
  ['lt', 'less'],
  ['lte', 'atMost'],
  ['gt', 'greater'],
  ['gte', 'atLeast'],
  ['contains', 'contains'],
  ['starts_with', 'startsWith'],
])

const KNOWN = [...comparisons.keys(), 'ne', 'in', 'not_in', 'exists'].join(', ')

const refuse = (where: Issue['where'], name: string, rule: string, message: string): never => {
  throw invalid([{ where, name, rule, message }])
}

interface Reading {
  readonly where: Issue['where']
  left: number
}

const fieldOf = (name: string, reading: Reading): Field => {
  if (columns.has(name)) return column(name)
  const keys = (name.startsWith('event.') ? name.slice('event.'.length) : name).split('.')
  if (keys.some((key) => key === '') || keys.length > 16 || name.length > 1_024)
    refuse(reading.where, name, 'format', `The filter's name ${JSON.stringify(name.slice(0, 80))} is not a path`)
  return path(...keys)
}

const scalarOf = (name: string, value: unknown, reading: Reading): Scalar => {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number' || typeof value === 'string') {
    if (typeof value === 'string' && value.length > LONGEST_VALUE)
      return refuse(reading.where, name, 'size', `A value for ${name} is longer than ${LONGEST_VALUE} characters`)
    if (times.has(name)) {
      const at = readInstant(value)
      return at ?? refuse(reading.where, name, 'format', `${name} is compared with ISO 8601 or epoch milliseconds`)
    }
    if (numbers.has(name) && !Number.isSafeInteger(value))
      return refuse(reading.where, name, 'type', `${name} is compared with a whole number`)
    if (texts.has(name) && typeof value !== 'string')
      return refuse(reading.where, name, 'type', `${name} is compared with text`)
    return value
  }
  return refuse(reading.where, name, 'type', `A value for ${name} must be a text, a number, true, false or null`)
}

const count = (reading: Reading, by: number): void => {
  reading.left -= by
  if (reading.left < 0)
    refuse(reading.where, 'filter', 'size', `The filter has more than ${MOST_COMPARISONS} comparisons`)
}

const listOf = (name: string, value: unknown, reading: Reading): Filter => {
  if (!Array.isArray(value) || value.length === 0)
    return refuse(reading.where, name, 'type', `${name} must be any of a list with at least one value`)
  count(reading, value.length)
  const values = value.map((one: unknown) => scalarOf(name, one, reading))
  const field = fieldOf(name, reading)
  const some = values.filter((one) => one !== null)
  return some.length === values.length ? anyOf(field, values) : or(anyOf(field, some), { is: 'null', field })
}

const operate = (name: string, operator: string, value: unknown, reading: Reading): Filter => {
  const field = fieldOf(name, reading)
  if (operator === 'in') return listOf(name, value, reading)
  if (operator === 'not_in') return not(listOf(name, value, reading))
  if (operator === 'ne') return not(comparison(name, value, reading))
  if (operator === 'exists') {
    if (typeof value !== 'boolean') return refuse(reading.where, name, 'type', 'exists takes true or false')
    return value ? not({ is: 'null', field }) : { is: 'null', field }
  }
  const is = comparisons.get(operator)
  if (!is)
    return refuse(
      reading.where,
      name,
      'unknown',
      `There is no operator ${JSON.stringify(operator.slice(0, 40))}; known are ${KNOWN}`,
    )
  if (value === null && is === 'equals') return { is: 'null', field }
  const scalar = scalarOf(name, value, reading)
  if ((is === 'contains' || is === 'startsWith') && (typeof scalar !== 'string' || times.has(name)))
    return refuse(reading.where, name, 'type', `${operator} takes text`)
  if (is !== 'equals' && (scalar === null || typeof scalar === 'boolean'))
    return refuse(reading.where, name, 'type', `${operator} takes a text or a number`)
  return { is, field, value: scalar }
}

const comparison = (name: string, value: unknown, reading: Reading): Filter => {
  if (Array.isArray(value)) return listOf(name, value, reading)
  if (typeof value === 'object' && value !== null) {
    const operators = Object.entries(value)
    if (operators.length === 0) return refuse(reading.where, name, 'required', `${name} has no operator`)
    count(reading, operators.length)
    return and(...operators.map(([operator, operand]) => operate(name, operator, operand, reading)))
  }
  count(reading, 1)
  return operate(name, 'eq', value, reading)
}

const readPart = (value: unknown, depth: number, reading: Reading): Filter => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(reading.where, 'filter', 'type', 'A filter must be a JSON object')
  if (depth > DEEPEST) return refuse(reading.where, 'filter', 'depth', `The filter nests deeper than ${DEEPEST} levels`)
  const parts = Object.entries(value).map(([name, part]): Filter => {
    if (name === 'not') return not(readPart(part, depth + 1, reading))
    if (name !== 'and' && name !== 'or') return comparison(name, part, reading)
    if (!Array.isArray(part) || part.length === 0)
      return refuse(reading.where, name, 'type', `${name} takes a list with at least one filter`)
    const inner = part.map((one: unknown) => readPart(one, depth + 1, reading))
    return name === 'and' ? and(...inner) : or(...inner)
  })
  return and(...parts)
}

/**
 * Reads a filter of the native language into the core's tree.
 * @throws Fault `invalid` naming the part that cannot be read
 */
export const readSearchFilter = (value: unknown, where: Issue['where']): Filter =>
  readPart(value, 0, { where, left: MOST_COMPARISONS })

/** Reads a filter out of a query string's JSON text. */
export const readFilterText = (text: string): Filter => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse('query', 'filter', 'format', 'filter is not valid JSON')
  }
  return readSearchFilter(value, 'query')
}
