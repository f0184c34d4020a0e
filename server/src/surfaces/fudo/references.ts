const REFERENCE = /\{([A-Za-z0-9:_-]+(?:\.[A-Za-z0-9:_-]+)*)\}/g

/** What the references of a batch stand for: variables by their name, answers by the id of their request. */
export type Known = Readonly<Record<string, unknown>>

const lookUp = (known: Known, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Known)[key] : undefined),
    known,
  )

/**
 * A value with what its references stand for, in every text of it: `{username}`, `{123.user.id}`, `{list.user.0.id}`.
 * Names that stand for nothing are put into `missing`.
 */
export const resolve = (value: unknown, known: Known, missing: string[]): unknown => {
  if (typeof value === 'string')
    return value.replaceAll(REFERENCE, (all, name: string) => {
      const found = Object.hasOwn(known, name) ? known[name] : lookUp(known, name.split('.'))
      if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return String(found)
      missing.push(name)
      return all
    })
  if (Array.isArray(value)) return value.map((one) => resolve(one, known, missing))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolve(one, known, missing)]))
  return value
}
