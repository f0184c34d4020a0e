import { type Attribute, commonAttributes, findAttribute, type Schema } from './attribute.ts'
import { groupSchema } from './group.ts'
import { enterpriseSchema, userSchema } from './user.ts'

/** A kind of resource: its schema, its extensions, and where it stands. */
export interface ResourceType {
  readonly name: 'User' | 'Group'
  readonly endpoint: '/Users' | '/Groups'
  readonly schema: Schema
  readonly extensions: readonly Schema[]
}

export const userType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  schema: userSchema,
  extensions: [enterpriseSchema],
}

export const groupType: ResourceType = { name: 'Group', endpoint: '/Groups', schema: groupSchema, extensions: [] }

export const resourceTypes = [userType, groupType] as const

/** An attribute, or an attribute of one, as a path leads to it. */
export interface Target {
  /** The schema that the attribute belongs to, when it is an extension's: its attributes stand under its name. */
  readonly extension?: Schema
  readonly attribute: Attribute
  readonly sub?: Attribute
}

const PATH = /^(?:(urn:[^[\]"\s]*):)?([A-Za-z$][\w$-]*)(?:\.([A-Za-z$][\w$-]*))?$/

/** Where a path without a filter leads, heeding no case; undefined when the type has no such attribute. */
export const findTarget = (type: ResourceType, path: string): Target | undefined => {
  const [, urn, name, subName] = PATH.exec(path) ?? []
  if (name === undefined) return undefined
  const folded = urn?.toLowerCase()
  const extension = type.extensions.find(({ id }) => id.toLowerCase() === folded)
  if (folded !== undefined && !extension && folded !== type.schema.id.toLowerCase()) return undefined
  const among = extension ? extension.attributes : [...commonAttributes, ...type.schema.attributes]
  const attribute = findAttribute(among, name)
  if (!attribute) return undefined
  const sub = subName === undefined ? undefined : findAttribute(attribute.subAttributes ?? [], subName)
  if (subName !== undefined && !sub) return undefined
  return { ...(extension ? { extension } : {}), attribute, ...(sub ? { sub } : {}) }
}

/** The extension that a path names as a whole. */
export const findExtension = (type: ResourceType, path: string): Schema | undefined =>
  type.extensions.find(({ id }) => id.toLowerCase() === path.toLowerCase())
