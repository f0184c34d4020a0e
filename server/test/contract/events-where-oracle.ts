import type { StoredEvent } from '../../src/core/event.ts'
import type { Comparison, Field, Filter, Scalar } from '../../src/core/filter.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Everything in an event that is no object, by its dotted path; of one path that stands twice the first counts. */
const leaves = (value: { [key: string]: Json }, prefix = '', found = new Map<string, Json>()): Map<string, Json> => {
  for (const [key, member] of Object.entries(value)) {
    const path = `${prefix}${key}`
    if (isObject(member)) leaves(member, `${path}.`, found)
    else if (member !== null && !found.has(path)) found.set(path, member)
  }
  return found
}

const isOdd = (path: readonly string[]) => path.some((key) => key === '' || /[`'\\\t\n\r]|^\.|\.\.|\.$/.test(key))

const walk = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value)

/** What stands at a path, and whether an object does. An empty one counts, unless the key is a plain one. */
const lookUp = (event: { [key: string]: Json }, path: readonly string[]) => {
  const all = leaves(event)
  const dotted = path.join('.')
  const members = isOdd(path)
    ? isObject(walk(event, path))
    : [...all.keys()].some((key) => key.startsWith(`${dotted}.`))
  return { value: all.get(dotted), members }
}

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const tests: Record<Exclude<Comparison, 'equals'>, (left: string | number, right: string | number) => boolean> = {
  less: (left, right) => order(left, right) < 0,
  atMost: (left, right) => order(left, right) <= 0,
  greater: (left, right) => order(left, right) > 0,
  atLeast: (left, right) => order(left, right) >= 0,
  contains: (left, right) => typeof left === 'string' && typeof right === 'string' && left.includes(right),
  startsWith: (left, right) => typeof left === 'string' && typeof right === 'string' && left.startsWith(right),
}

const order = (left: string | number, right: string | number): number =>
  typeof left === 'number' && typeof right === 'number' ? left - right : compareBytes(String(left), String(right))

const numeric = new Set(['event_ts', 'received_ts', 'local_hour'])

/** Whether an event passes a filter, found without the engine. */
export const passes = (filter: Filter, event: StoredEvent): boolean => {
  switch (filter.is) {
    case 'and':
      return filter.of.every((part) => passes(part, event))
    case 'or':
      return filter.of.some((part) => passes(part, event))
    case 'not':
      return !passes(filter.of, event)
    case 'null':
      return isNull(filter.field, event)
    case 'equals':
      return equalsAny(filter.field, [filter.value], event)
    case 'anyOf':
      return equalsAny(filter.field, filter.values, event)
    case 'mentions':
      return mentions(event, filter.value)
    case 'matches':
      return matches(filter.field, filter.pieces, filter.caseless, event)
    default:
      return compares(filter.is, filter.field, filter.value, event)
  }
}

/** Letters folded one by one; the Turkish dotless i is a letter of its own. */
const fold = (text: string) =>
  [...text].map((letter) => (letter === 'ı' ? letter : letter.toLowerCase().toUpperCase().toLowerCase())).join('')

const textsIn = (value: Json): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const mentions = (event: StoredEvent, value: string): boolean =>
  [
    ...textsIn(sent(event)),
    event.event_id,
    event.event_name,
    event.user_id,
    event.login_id,
    event.actor_id,
    event.application,
  ].some((text) => fold(text).includes(fold(value)))

const sent = (event: StoredEvent) => JSON.parse(event.raw) as { [key: string]: Json }
const columnOf = (event: StoredEvent, column: string) => (event as unknown as Record<string, string | number>)[column]

const isNull = (field: Field, event: StoredEvent): boolean => {
  if (field.at === 'column') return columnOf(event, field.column) === ''
  const { value, members } = lookUp(sent(event), field.path)
  return (value === undefined || value === null) && !members
}

const equalsAny = (field: Field, values: readonly Scalar[], event: StoredEvent): boolean =>
  values.some((value) => {
    if (value === null) return isNull(field, event)
    if (field.at === 'column')
      return columnOf(event, field.column) === (numeric.has(field.column) ? value : String(value))
    const found = lookUp(sent(event), field.path).value
    return Array.isArray(found) ? found.some((element) => element === value) : found === value
  })

/** A text against pieces with anything between them, found by trying every place. */
const holds = (text: string, [first, ...rest]: readonly string[]): boolean => {
  if (first === undefined || !text.startsWith(first)) return false
  const left = text.slice(first.length)
  if (rest.length === 0) return left === ''
  return Array.from({ length: left.length + 1 }, (_, at) => left.slice(at)).some((end) => holds(end, rest))
}

/** A time is told as ISO 8601. */
const toldColumn = (event: StoredEvent, column: string) => {
  const value = columnOf(event, column)
  return column.endsWith('_ts') ? new Date(Number(value)).toISOString() : value
}

const matches = (field: Field, pieces: readonly string[], caseless: boolean, event: StoredEvent): boolean => {
  const found = field.at === 'column' ? toldColumn(event, field.column) : lookUp(sent(event), field.path).value
  if (typeof found !== 'string') return false
  return caseless
    ? holds(
        found.toLowerCase(),
        pieces.map((piece) => piece.toLowerCase()),
      )
    : holds(found, pieces)
}

const compares = (is: Exclude<Comparison, 'equals'>, field: Field, value: Scalar, event: StoredEvent): boolean => {
  if (value === null) return false
  if (field.at === 'column') {
    if (!numeric.has(field.column)) return tests[is](String(columnOf(event, field.column)), String(value))
    return typeof value === 'number' && tests[is](Number(columnOf(event, field.column)), value)
  }
  const found = lookUp(sent(event), field.path).value
  if (typeof found === 'string' && typeof value === 'string') return tests[is](found, value)
  return typeof found === 'number' && typeof value === 'number' && tests[is](found, value)
}
