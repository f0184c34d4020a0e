import type { Issue } from '../../../core/fault.ts'
import { and, everything, type Filter, not, type Scalar } from '../../../core/filter.ts'
import { bodyIssue } from '../json-body.ts'
import { type Body, isObject } from './body.ts'
import { isAnyOf, isEqual, isMissing, isOrdered, type Ordering } from './fields.ts'

const MOST_COMPARISONS = 50
const MOST_VALUES = 1000
const MOST_BYTES = 65_536
const DEEPEST = 12
const LONGEST_KEY = 256
/** A body of nothing but mistakes is not answered with all of them. */
const MOST_ISSUES = 20

const orderings: Readonly<Record<string, Ordering>> = {
  $gt: 'greater',
  $gte: 'atLeast',
  $lt: 'less',
  $lte: 'atMost',
}
const KNOWN = '$eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $exists, $not; $and, $or and $not around conditions'

/** What one request has asked for so far, so that its sum is bounded. */
interface Reading {
  readonly issues: Issue[]
  comparisons: number
  values: number
  bytes: number
}

const refuse = (reading: Reading, name: string, rule: string, message: string): Filter => {
  if (reading.issues.length < MOST_ISSUES) reading.issues.push(bodyIssue(name, rule, message))
  return everything
}

const isScalar = (value: unknown): value is Scalar =>
  value === null ||
  (typeof value === 'string' && value.isWellFormed()) ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  typeof value === 'boolean'

/** Counts what a comparison holds; false, with an issue, when the request asks for too much. */
const withinBounds = (reading: Reading, name: string, values: readonly Scalar[]): boolean => {
  const before = reading.comparisons <= MOST_COMPARISONS && reading.values <= MOST_VALUES && reading.bytes <= MOST_BYTES
  reading.comparisons++
  reading.values += values.length
  reading.bytes += Buffer.byteLength(JSON.stringify([name, ...values]))
  const after = reading.comparisons <= MOST_COMPARISONS && reading.values <= MOST_VALUES && reading.bytes <= MOST_BYTES
  if (before && !after)
    refuse(
      reading,
      name,
      'size',
      `The filters hold more than ${MOST_COMPARISONS} conditions, ${MOST_VALUES} values or ${MOST_BYTES} bytes`,
    )
  return after
}

const oneOf = (reading: Reading, name: string, keys: readonly string[], values: readonly unknown[]): Filter => {
  if (!values.every(isScalar))
    return refuse(reading, name, 'type', 'A list of a filter holds texts, numbers, true, false or null')
  return withinBounds(reading, name, values) ? isAnyOf(keys, values) : everything
}

const equal = (reading: Reading, name: string, keys: readonly string[], value: unknown): Filter => {
  if (Array.isArray(value)) return oneOf(reading, name, keys, value)
  if (!isScalar(value))
    return refuse(reading, name, 'type', 'A filter compares with a text, a number, true, false or null')
  return withinBounds(reading, name, [value]) ? isEqual(keys, value) : everything
}

const ordered = (
  reading: Reading,
  name: string,
  keys: readonly string[],
  [ordering, value]: readonly [Ordering, unknown],
): Filter => {
  if (!isScalar(value) || value === null || typeof value === 'boolean')
    return refuse(reading, name, 'type', 'This operator compares with a text or a number')
  if (!withinBounds(reading, name, [value])) return everything
  return isOrdered(keys, ordering, value) ?? refuse(reading, name, 'format', 'Field should be a date')
}

const readOperator = (
  reading: Reading,
  name: string,
  keys: readonly string[],
  operator: string,
  value: unknown,
  depth: number,
): Filter => {
  const ordering = Object.hasOwn(orderings, operator) ? orderings[operator] : undefined
  if (ordering) return ordered(reading, name, keys, [ordering, value])
  switch (operator) {
    case '$eq':
      return equal(reading, name, keys, value)
    case '$ne':
      return not(equal(reading, name, keys, value))
    case '$in':
    case '$nin': {
      if (!Array.isArray(value)) return refuse(reading, name, 'type', `${operator} takes a list`)
      const found = oneOf(reading, name, keys, value)
      return operator === '$in' ? found : not(found)
    }
    case '$exists':
      if (typeof value !== 'boolean') return refuse(reading, name, 'type', '$exists takes true or false')
      return value ? not(isMissing(keys)) : isMissing(keys)
    case '$not':
      if (!isObject(value)) return refuse(reading, name, 'type', '$not takes conditions')
      return not(readCondition(reading, name, keys, value, depth + 1))
    default:
      return refuse(reading, name, 'unknown', `The operator ${operator} is not known; known are ${KNOWN}`)
  }
}

/** A value under a name: a scalar, a list, an object of operators, or an object that goes one step further in. */
const readCondition = (
  reading: Reading,
  name: string,
  keys: readonly string[],
  value: unknown,
  depth: number,
): Filter => {
  if (depth > DEEPEST || keys.length > DEEPEST)
    return refuse(reading, name, 'depth', `Filters nest at most ${DEEPEST} levels`)
  if (!isObject(value)) return equal(reading, name, keys, value)
  const entries = Object.entries(value)
  if (entries.length === 0) return refuse(reading, name, 'required', 'This filter is empty')
  const operators = entries.filter(([key]) => key.startsWith('$')).length
  if (operators > 0 && operators < entries.length)
    return refuse(reading, name, 'format', 'Operators and names do not stand in one object')
  return and(
    ...entries.map(([key, inner]) =>
      operators > 0
        ? readOperator(reading, `${name}.${key}`, keys, key, inner, depth)
        : readNamed(reading, name, keys, [key, inner], depth + 1),
    ),
  )
}

const readNamed = (
  reading: Reading,
  prefix: string,
  outer: readonly string[],
  [key, value]: readonly [string, unknown],
  depth: number,
): Filter => {
  const name = prefix ? `${prefix}.${key}` : key
  const steps = key.split('.')
  if (key.length > LONGEST_KEY || !key.isWellFormed() || steps.includes(''))
    return refuse(
      reading,
      name.slice(0, LONGEST_KEY).toWellFormed(),
      'format',
      `A name of a filter has 1 to ${LONGEST_KEY} characters, and none of its dotted parts is empty`,
    )
  return readCondition(reading, name, [...outer, ...steps], value, depth)
}

const readGroup = (reading: Reading, name: string, key: string, value: unknown, depth: number): Filter => {
  if (key === '$not')
    return isObject(value) ? not(readQueryAt(reading, name, value, depth + 1)) : notConditions(reading, name, key)
  if (!Array.isArray(value) || value.length === 0 || !value.every(isObject)) return notConditions(reading, name, key)
  if (value.length > MOST_COMPARISONS)
    return refuse(reading, name, 'size', `${key} takes at most ${MOST_COMPARISONS} conditions`)
  const of = value.map((part, at) => readQueryAt(reading, `${name}.${at}`, part, depth + 1))
  return { is: key === '$and' ? 'and' : 'or', of }
}

const notConditions = (reading: Reading, name: string, key: string): Filter =>
  refuse(
    reading,
    name,
    'type',
    key === '$not' ? '$not takes an object of conditions' : `${key} takes a list of objects of conditions`,
  )

const groups: ReadonlySet<string> = new Set(['$and', '$or', '$not'])

const readQueryAt = (reading: Reading, prefix: string, query: Body, depth: number): Filter => {
  if (depth > DEEPEST) return refuse(reading, prefix, 'depth', `Filters nest at most ${DEEPEST} levels`)
  const parts = Object.entries(query).map(([key, value]): Filter => {
    const name = `${prefix}.${key}`
    if (groups.has(key)) return readGroup(reading, name, key, value, depth)
    if (key.startsWith('$'))
      return refuse(reading, name, 'unknown', `The operator ${key} is not known; known are ${KNOWN}`)
    return readNamed(reading, prefix, [], [key, value], depth)
  })
  return and(...parts)
}

/**
 * Reads the free filters of a body: every field that `reserved` does not name, and the conditions in `query`. All of
 * them hold at once. A value is compared for equality, a list means any of its values, an object holds operators
 * ($eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, $exists, $not) or goes one name further in, as a dotted name does; in
 * `query`, $and, $or and $not combine conditions. Anything else is an issue that names where it stands.
 */
export const readFilters = (body: Body, reserved: ReadonlySet<string>, issues: Issue[]): Filter => {
  const reading: Reading = { issues, comparisons: 0, values: 0, bytes: 0 }
  const parts = Object.entries(body)
    .filter(([key]) => !reserved.has(key))
    .map(([key, value]): Filter => {
      if (key.startsWith('$')) return refuse(reading, key, 'unknown', `${key} belongs inside query`)
      return readNamed(reading, '', [], [key, value], 0)
    })
  if (body.query === undefined) return and(...parts)
  if (!isObject(body.query)) refuse(reading, 'query', 'type', 'Field should be an object of conditions')
  else parts.push(readQueryAt(reading, 'query', body.query, 0))
  return and(...parts)
}
