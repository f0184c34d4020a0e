import { invalid } from '../../core/fault.ts'
import type { Comparison, Scalar } from '../../core/filter.ts'
import type { Bindings } from './bindings.ts'
import { operators, type Pattern, textMatches, textTest } from './where-column.ts'

type Value = Exclude<Scalar, null>

/**
 * A value matches by its JSON type: text matches text, a number numbers (as doubles, which is how JSON numbers compare
 * in JavaScript), a flag flags. Where the event holds a list, equality looks at its elements. The engine nests dotted
 * keys, so that `{"a.b":1}` and `{"a":{"b":1}}` have the same path.
 */
export const pathIn = (path: readonly string[], values: readonly Value[], bindings: Bindings): string => {
  const { value } = placeOf(path, bindings)
  const texts = values.filter((one) => typeof one === 'string')
  const numbers = values.filter((one) => typeof one === 'number')
  const flags = values.filter((one) => typeof one === 'boolean')
  const parts = [
    ...(texts.length ? [matches(value, 'String', bindings.bind(texts, 'Array(String)'))] : []),
    ...(numbers.length ? [matchesNumber(value, bindings.bind(numbers, 'Array(Float64)'))] : []),
    ...(flags.length ? [matches(value, 'Bool', bindings.bind(flags, 'Array(Bool)'))] : []),
  ]
  return `(${parts.join(' OR ')})`
}

/** Absent or null; an object without members counts as absent, since the engine does not keep it. */
export const pathIsNull = (path: readonly string[], bindings: Bindings): string => {
  const { value, hasMembers } = placeOf(path, bindings)
  return `(isNull(${value}) AND NOT ${hasMembers()})`
}

export const comparePath = (
  is: Exclude<Comparison, 'equals'>,
  path: readonly string[],
  value: Value,
  bindings: Bindings,
): string => {
  const place = placeOf(path, bindings)
  const text = `dynamicElement(${place.value}, 'String')`
  if (is === 'contains' || is === 'startsWith')
    return typeof value === 'string' ? `ifNull(${textTest(is, text, value, bindings)}, 0)` : '0'
  if (typeof value === 'string') return `ifNull(${text} ${operators[is]} ${bindings.bind(value, 'String')}, 0)`
  if (typeof value === 'number')
    return `ifNull(${numberOf(place.value)} ${operators[is]} ${bindings.bind(value, 'Float64')}, 0)`
  return '0'
}

export const pathMatches = (path: readonly string[], pattern: Pattern, bindings: Bindings): string =>
  `ifNull(${textMatches(textAt(path, bindings), pattern, bindings)}, 0)`

/** The text at a path, for a report that reads it; null when there is none or it is not text. */
export const textAt = (path: readonly string[], bindings: Bindings): string =>
  `dynamicElement(${placeOf(path, bindings).value}, 'String')`

/** Paths that an identifier parameter carries as they are: it takes no escapes, and some signs mean something there. */
const isPlain = (path: readonly string[]): boolean =>
  path.every((key) => /^[^`'\\\t\n\r]+$/.test(key) && !/^\.|\.\.|\.$/.test(key))

/** What the engine reads as a question about the value (its type, the object below it) rather than as its name. */
const isUnreadable = (dotted: string): boolean => /^\^`|\.:`/.test(dotted)

/**
 * The value at a path, and whether an object stands there. A plain path is read from its own column by a bound
 * identifier; any other by a bound text, for which the engine reads the whole event (70 times as much).
 */
const placeOf = (path: readonly string[], bindings: Bindings): { value: string; hasMembers: () => string } => {
  const dotted = path.join('.')
  if (isPlain(path)) {
    const members = `^\`${dotted}\``
    return {
      value: `data.${bindings.bind(dotted, 'Identifier')}`,
      hasMembers: () => `notEmpty(data.${bindings.bind(members, 'Identifier')})`,
    }
  }
  if (isUnreadable(dotted))
    throw invalid([
      { where: 'query', name: dotted, rule: 'format', message: `The engine cannot look for a key named ${dotted}` },
    ])
  const keys = () => path.map((key) => bindings.bind(key, 'String')).join(', ')
  return {
    value: `getSubcolumn(data, ${bindings.bind(dotted, 'String')})`,
    hasMembers: () => `JSONType(raw, ${keys()}) = 'Object'`,
  }
}

/** Element by element: hasAny() would take a null in the list for an empty value. */
const matches = (value: string, type: 'String' | 'Bool', values: string): string =>
  matchesOne(values, `dynamicElement(${value}, '${type}')`) +
  ` OR arrayExists(e -> ${matchesOne(values, 'e')}, dynamicElement(${value}, 'Array(Nullable(${type}))'))` +
  ` OR arrayExists(e -> ${matchesOne(values, `dynamicElement(e, '${type}')`)}, ${mixedList(value)})`

const matchesNumber = (value: string, values: string): string =>
  [
    matchesOne(values, numberOf(value)),
    ...['Int64', 'UInt64', 'Float64'].map(
      (type) =>
        `arrayExists(e -> ${matchesOne(values, 'toFloat64(e)')}, dynamicElement(${value}, 'Array(Nullable(${type}))'))`,
    ),
    `arrayExists(e -> ${matchesOne(values, numberOf('e'))}, ${mixedList(value)})`,
  ].join(' OR ')

const matchesOne = (values: string, value: string): string => `ifNull(has(${values}, ${value}), 0)`

const numberOf = (value: string): string =>
  `coalesce(dynamicElement(${value}, 'Float64'), toFloat64(dynamicElement(${value}, 'Int64')), ` +
  `toFloat64(dynamicElement(${value}, 'UInt64')))`

/** A list whose elements differ in type. */
const mixedList = (value: string): string => `dynamicElement(${value}, 'Array(Dynamic)')`
