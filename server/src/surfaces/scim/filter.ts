import { type Filter, parse } from 'scim2-parse-filter'
import { readInstant } from '../../core/instant.ts'
import { refused } from './errors.ts'
import { isObject, type Resource } from './normalise.ts'
import type { Attribute } from './schema/attribute.ts'
import { findAttribute } from './schema/attribute.ts'
import { findTarget, type ResourceType, type Target } from './schema/resource-type.ts'

/** Whether a resource, or an element of a list, passes. */
export type Test = (resource: Resource) => boolean

const LONGEST = 4_096
const DEEPEST = 20
const MOST_TESTS = 100

const bad = (message: string) => refused('invalidFilter', 'filter', message, 'query')

/** Refuses what the parser would take long over: it reads by recursion, and by patterns that try again and again. */
const refuseLarge = (text: string): void => {
  if (text.length > LONGEST) throw bad(`A filter has at most ${LONGEST} characters`)
  if (/\p{Cc}/u.test(text)) throw bad('A filter must not hold control characters')
  const opened = text.match(/[([]|\bnot\b/gi)?.length ?? 0
  if (opened > DEEPEST) throw bad(`A filter nests at most ${DEEPEST} times`)
  const tests = text.match(/\b(?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b/gi)?.length ?? 0
  if (tests > MOST_TESTS) throw bad(`A filter has at most ${MOST_TESTS} comparisons`)
}

/** @throws Fault `invalid`, `invalidFilter` */
export const parseFilter = (text: string): Filter => {
  refuseLarge(text)
  try {
    return parse(text)
  } catch (error) {
    throw bad(`The filter cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

type Compared = string | number | boolean | null

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]

/** The values that a target has in a resource; those of a list's elements are its `value` when no part is named. */
const valuesAt = (resource: Resource, { extension, attribute, sub }: Target): readonly unknown[] => {
  const holder = extension ? resource[extension.id] : resource
  const found = isObject(holder) ? listOf(holder[attribute.name]) : []
  const part = sub?.name ?? (attribute.type === 'complex' ? 'value' : undefined)
  return part === undefined ? found : found.flatMap((one) => (isObject(one) ? listOf(one[part]) : []))
}

const orders: Readonly<Record<string, (a: string | number, b: string | number) => boolean>> = {
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
}
const texts: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  co: (a, b) => a.includes(b),
  sw: (a, b) => a.startsWith(b),
  ew: (a, b) => a.endsWith(b),
}

/** A test of one value against another, by the attribute's own rules of case and kind (RFC 7643, section 2.2). */
const compare = (attribute: Attribute, op: string, value: Compared): ((found: unknown) => boolean) => {
  const { name } = attribute
  if (attribute.type === 'boolean') {
    if (op !== 'eq' && op !== 'ne') throw bad(`${name} is true or false and cannot be compared by ${op}`)
    return (found) => found === value
  }
  if (value !== null && typeof value !== 'string') throw bad(`${name} is a text; compare it with a text in quotes`)
  if (attribute.type === 'dateTime' && !texts[op]) {
    const at = readInstant(value)
    if (at === undefined) throw bad(`${name} is compared with a time such as 2026-01-31T00:00:00Z`)
    const order = orders[op]
    return (found) => {
      const time = readInstant(found)
      return time !== undefined && (order ? order(time, at) : time === at)
    }
  }
  const fold = (text: string): string => (attribute.caseExact ? text : text.toLowerCase())
  const wanted = value === null ? null : fold(value)
  const order = orders[op]
  const within = texts[op]
  return (found) => {
    if (wanted === null || typeof found !== 'string') return false
    const own = fold(found)
    return order ? order(own, wanted) : within ? within(own, wanted) : own === wanted
  }
}

const isThere = (value: unknown): boolean =>
  isObject(value) ? Object.keys(value).length > 0 : value !== undefined && value !== null && value !== ''

type Find = (path: string) => Target | undefined

const testOf = (filter: Filter, find: Find): Test => {
  const targetOf = (path: string): Target => {
    const target = find(path)
    if (!target) throw bad(`There is no attribute ${path.slice(0, 128)}`)
    return target
  }
  const build = (part: Filter): Test => {
    switch (part.op) {
      case 'and':
      case 'or': {
        const tests = part.filters.map(build)
        return part.op === 'and'
          ? (resource) => tests.every((test) => test(resource))
          : (resource) => tests.some((test) => test(resource))
      }
      case 'not': {
        const test = build(part.filter)
        return (resource) => !test(resource)
      }
      case 'pr': {
        const target = targetOf(part.attrPath)
        const whole = target.attribute.type === 'complex' && !target.sub
        return (resource) => {
          const holder = target.extension ? resource[target.extension.id] : resource
          const found = whole && isObject(holder) ? listOf(holder[target.attribute.name]) : valuesAt(resource, target)
          return found.some(isThere)
        }
      }
      case '[]': {
        const target = targetOf(part.attrPath)
        const test = elementTest(target.attribute, part.valFilter)
        return (resource) => {
          const holder = target.extension ? resource[target.extension.id] : resource
          return isObject(holder) && listOf(holder[target.attribute.name]).some((one) => isObject(one) && test(one))
        }
      }
      default: {
        const target = targetOf(part.attrPath)
        const compared = target.sub ?? comparedPart(target.attribute)
        if (part.compValue === null) {
          if (part.op !== 'eq' && part.op !== 'ne') throw bad(`null cannot be compared by ${part.op}`)
          const there: Test = (resource) => valuesAt(resource, target).some(isThere)
          return part.op === 'ne' ? there : (resource) => !there(resource)
        }
        const holds = compare(compared, part.op === 'ne' ? 'eq' : part.op, part.compValue as Compared)
        const some: Test = (resource) => valuesAt(resource, target).some(holds)
        return part.op === 'ne' ? (resource) => !some(resource) : some
      }
    }
  }
  return build(filter)
}

/** What of a complex attribute is compared when no part of it is named. */
const comparedPart = (attribute: Attribute): Attribute => {
  if (attribute.type !== 'complex') return attribute
  const value = findAttribute(attribute.subAttributes ?? [], 'value')
  if (!value)
    throw bad(`${attribute.name} has parts; name one of them, such as ${attribute.name}.${firstPart(attribute)}`)
  return value
}

const firstPart = (attribute: Attribute): string => attribute.subAttributes?.[0]?.name ?? ''

/** A test of an element of a list: its paths are those of its parts. */
export const elementTest = (attribute: Attribute, filter: Filter): Test =>
  testOf(filter, (path) => {
    const part = findAttribute(attribute.subAttributes ?? [], path)
    return part && { attribute: part }
  })

/** A test of a resource. @throws Fault `invalid`, `invalidFilter`, when it names what there is not */
export const resourceTest = (type: ResourceType, filter: Filter): Test =>
  testOf(filter, (path) => findTarget(type, path))

/** What an index can find at once of a filter: these must hold, whatever else must. */
export const narrowedBy = (
  type: ResourceType,
  filter: Filter,
): { readonly name?: string; readonly externalId?: string; readonly ids?: readonly string[] } => {
  if (filter.op === 'and') return Object.assign({}, ...filter.filters.map((part) => narrowedBy(type, part)))
  if (filter.op !== 'eq' || typeof filter.compValue !== 'string') return {}
  const name = findTarget(type, filter.attrPath)?.attribute.name
  if (name === 'userName') return { name: filter.compValue }
  if (name === 'externalId') return { externalId: filter.compValue }
  if (name === 'id') return { ids: [filter.compValue] }
  return {}
}

/** The attributes that a filter looks at. */
export const lookedAt = (filter: Filter): readonly string[] => {
  switch (filter.op) {
    case 'and':
    case 'or':
      return filter.filters.flatMap(lookedAt)
    case 'not':
      return lookedAt(filter.filter)
    default:
      return [filter.attrPath]
  }
}
