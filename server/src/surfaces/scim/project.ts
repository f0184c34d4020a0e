import { refused } from './errors.ts'
import { isObject, type Resource } from './normalise.ts'
import { findExtension, findTarget, type ResourceType } from './schema/resource-type.ts'

/** Which attributes an answer holds; everything when neither is there (RFC 7644, section 3.9). */
export interface Wanted {
  readonly attributes?: string | undefined
  readonly excludedAttributes?: string | undefined
}

const LONGEST = 4_096

const namesIn = (list: string | undefined, name: string): readonly string[] => {
  if (list === undefined) return []
  if (list.length > LONGEST) throw refused('invalidValue', name, `${name} has at most ${LONGEST} characters`, 'query')
  return list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

/** Steps to a value: the extension, the attribute and its part, as far as a name leads. */
const stepsOf = (type: ResourceType, name: string): readonly string[] | undefined => {
  const extension = findExtension(type, name)
  if (extension) return [extension.id]
  const target = findTarget(type, name)
  return (
    target && [
      ...(target.extension ? [target.extension.id] : []),
      target.attribute.name,
      ...(target.sub ? [target.sub.name] : []),
    ]
  )
}

const pick = (from: unknown, [step, ...rest]: readonly string[], into: unknown): unknown => {
  if (step === undefined) return from
  if (Array.isArray(from)) {
    const before = Array.isArray(into) ? into : []
    return from.map((one, at) => pick(one, [step, ...rest], before[at]))
  }
  if (!isObject(from) || from[step] === undefined) return into
  const before = isObject(into) ? into : {}
  return { ...before, [step]: pick(from[step], rest, before[step]) }
}

const omit = (from: unknown, [step, ...rest]: readonly string[]): unknown => {
  if (step === undefined) return undefined
  if (Array.isArray(from)) return from.map((one) => omit(one, [step, ...rest]))
  if (!isObject(from) || from[step] === undefined) return from
  const { [step]: value, ...others } = from
  const left = rest.length === 0 ? undefined : omit(value, rest)
  return left === undefined ? others : { ...from, [step]: left }
}

const always = new Set(['schemas', 'id'])

export interface Projection {
  /** Whether an answer may hold an attribute, so that what it takes to say it need not be read. */
  wants(name: string): boolean
  of(resource: Resource): Resource
}

/** Reads what is wanted. @throws Fault `invalid` when both lists are there */
export const readProjection = (type: ResourceType, wanted: Wanted): Projection => {
  const only = namesIn(wanted.attributes, 'attributes')
  const without = namesIn(wanted.excludedAttributes, 'excludedAttributes')
  if (only.length > 0 && without.length > 0)
    throw refused('invalidValue', 'attributes', 'attributes and excludedAttributes do not go together', 'query')
  if (only.length > 0) {
    const paths = [...always]
      .map((name) => [name])
      .concat(only.flatMap((name) => [stepsOf(type, name) ?? []]) as string[][])
    const known = paths.filter((path) => path.length > 0)
    return {
      wants: (name) => known.some(([first]) => first === name),
      of: (resource) => known.reduce<unknown>((into, path) => pick(resource, path, into), {}) as Resource,
    }
  }
  const gone = without.flatMap((name) => {
    const steps = stepsOf(type, name)
    return steps && !always.has(steps[0] ?? '') ? [steps] : []
  })
  return {
    wants: (name) => !gone.some((path) => path.length === 1 && path[0] === name),
    of: (resource) => gone.reduce<unknown>(omit, resource) as Resource,
  }
}
