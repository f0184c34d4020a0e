import { readInstant } from '../../core/instant.ts'
import { refused } from './errors.ts'
import { type Attribute, findAttribute } from './schema/attribute.ts'
import { findExtension, type ResourceType } from './schema/resource-type.ts'

/** A resource, or a part of one, with the names of its schema. */
export type Resource = Record<string, unknown>

const MOST_VALUES = 20_000
const LONGEST = 8_192

export const isObject = (value: unknown): value is Resource =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (name: string, must: string) => refused('invalidValue', name, `${name} must be ${must}`)

const readSimple = (attribute: Attribute, value: unknown, name: string): unknown => {
  if (attribute.type === 'boolean') {
    if (typeof value === 'boolean') return value
    // Some clients say it as text.
    if (typeof value === 'string' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
    throw wrong(name, 'true or false')
  }
  if (typeof value !== 'string') throw wrong(name, 'a text')
  if (value.length > LONGEST && attribute.type !== 'binary')
    throw wrong(name, `a text of at most ${LONGEST} characters`)
  if (!value.isWellFormed()) throw wrong(name, 'a text without broken Unicode')
  if (attribute.type === 'dateTime' && readInstant(value) === undefined) throw wrong(name, 'a time as in ISO 8601')
  return value
}

const readComplex = (attribute: Attribute, value: unknown, name: string): Resource | undefined => {
  // A list's element may be its value alone.
  const sent = attribute.multiValued && typeof value === 'string' ? { value } : value
  if (!isObject(sent)) throw wrong(name, 'an object')
  const read = readMembers(attribute.subAttributes ?? [], sent, `${name}.`)
  return Object.keys(read).length > 0 ? read : undefined
}

const readOne = (attribute: Attribute, value: unknown, name: string): unknown =>
  attribute.type === 'complex' ? readComplex(attribute, value, name) : readSimple(attribute, value, name)

const readMany = (attribute: Attribute, value: unknown, name: string): readonly unknown[] | undefined => {
  const sent = Array.isArray(value) ? value : [value]
  if (sent.length > MOST_VALUES) throw wrong(name, `a list of at most ${MOST_VALUES} values`)
  const read = sent.filter((one) => one !== null).flatMap((one) => readOne(attribute, one, name) ?? [])
  if (read.filter((one) => isObject(one) && one.primary === true).length > 1)
    throw refused('invalidValue', name, `Only one of ${name} may be primary`)
  return read.length > 0 ? read : undefined
}

/** The value of an attribute as it is kept; undefined when it is unassigned. @throws Fault `invalid` */
export const readValue = (attribute: Attribute, value: unknown, name = attribute.name): unknown => {
  if (value === null || value === undefined) return undefined
  return attribute.multiValued ? readMany(attribute, value, name) : readOne(attribute, value, name)
}

/** What of an object's members the attributes know, under their own names; what only the server says is left out. */
const readMembers = (attributes: readonly Attribute[], sent: Resource, prefix: string): Resource => {
  const read: Resource = {}
  for (const [name, value] of Object.entries(sent)) {
    const attribute = findAttribute(attributes, name)
    if (!attribute || attribute.mutability === 'readOnly') continue
    if (Object.hasOwn(read, attribute.name))
      throw refused('invalidSyntax', name, `${prefix}${attribute.name} is there twice`)
    const one = readValue(attribute, value, `${prefix}${attribute.name}`)
    if (one !== undefined) read[attribute.name] = one
  }
  for (const { name, required } of attributes)
    if (required && (read[name] === undefined || read[name] === ''))
      throw refused('invalidValue', `${prefix}${name}`, `${prefix}${name} is required`)
  return read
}

const schemasOf = (sent: Resource): readonly unknown[] | undefined => {
  const found = Object.entries(sent).find(([name]) => name.toLowerCase() === 'schemas')?.[1]
  return found === undefined ? undefined : Array.isArray(found) ? found : [found]
}

/**
 * Reads a resource as it was sent: names in any case, what the schema does not know left out.
 * @throws Fault `invalid` that names the attribute
 */
export const normalise = (type: ResourceType, sent: unknown): Resource => {
  if (!isObject(sent)) throw refused('invalidSyntax', '', 'The body must be an object of JSON')
  const core = type.schema.id.toLowerCase()
  const schemas = schemasOf(sent)
  if (schemas && !schemas.some((one) => typeof one === 'string' && one.toLowerCase() === core))
    throw refused('invalidSyntax', 'schemas', `schemas must name ${type.schema.id}`)
  const externalId = Object.entries(sent).find(([name]) => name.toLowerCase() === 'externalid')?.[1]
  if (externalId !== undefined && externalId !== null && typeof externalId !== 'string')
    throw wrong('externalId', 'a text')
  const read = readMembers(type.schema.attributes, sent, '')
  if (typeof externalId === 'string' && externalId !== '') read.externalId = externalId
  for (const [name, value] of Object.entries(sent)) {
    const extension = findExtension(type, name)
    if (!extension || value === null) continue
    if (!isObject(value)) throw wrong(extension.id, 'an object')
    const members = readMembers(extension.attributes, value, `${extension.id}:`)
    if (Object.keys(members).length > 0) read[extension.id] = members
  }
  return read
}
