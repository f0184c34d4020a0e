/** An event as its sender wrote it, parsed. */
export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first text under one of several names. */
export const textAt = (sent: Json, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = Object.hasOwn(sent, name) ? sent[name] : undefined
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}

/** The text at a path of members. */
export const textIn = (sent: Json, ...path: readonly string[]): string => {
  let value: unknown = sent
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return ''
    value = value[name]
  }
  return typeof value === 'string' ? value : ''
}
