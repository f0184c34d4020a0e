import { refused } from './errors.ts'
import { elementTest, parseFilter, type Test } from './filter.ts'
import { isObject, type Resource, readValue } from './normalise.ts'
import { findExtension, findTarget, type ResourceType, type Target } from './schema/resource-type.ts'

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const MOST_OPERATIONS = 1_000

/** One operation, its path resolved (RFC 7644, section 3.5.2). */
export interface Operation {
  readonly op: 'add' | 'remove' | 'replace'
  readonly target: Target
  /** Which elements of the list it is about; all when absent. */
  readonly which?: Test
  /** What an element that passes is sure to say: the filter, when it is one plain comparison. */
  readonly says?: Resource
  readonly value: unknown
  readonly path: string
}

const PATH = /^([^[\]]+)\[(.*)\](?:\.([A-Za-z$][\w$-]*))?$/s

const noPath = (path: string) =>
  refused('invalidPath', path, `There is no attribute ${JSON.stringify(path.slice(0, 256))}`)

const resolve = (type: ResourceType, path: string): Pick<Operation, 'target' | 'which' | 'says'> => {
  const [, list, condition, part] = PATH.exec(path) ?? []
  if (list === undefined || condition === undefined) {
    const target = findTarget(type, path)
    if (!target) throw noPath(path)
    return { target }
  }
  const target = findTarget(type, part === undefined ? list : `${list}.${part}`)
  if (!target || (part === undefined && target.sub) || !target.attribute.multiValued) throw noPath(path)
  const filter = parseFilter(condition)
  const plain = filter.op === 'eq' && filter.compValue !== null ? { [filter.attrPath]: filter.compValue } : undefined
  return { target, which: elementTest(target.attribute, filter), ...(plain ? { says: plain } : {}) }
}

const isReadOnly = ({ attribute, sub }: Target): boolean =>
  (sub ?? attribute).mutability === 'readOnly' || attribute.mutability === 'readOnly'

/** Operations without a path say several attributes at once: one operation for each. */
const spread = (type: ResourceType, op: 'add' | 'replace', value: unknown): readonly Operation[] => {
  if (!isObject(value)) throw refused('invalidValue', 'value', 'Without a path, value must be an object of attributes')
  return Object.entries(value).flatMap(([name, one]): readonly Operation[] => {
    const extension = findExtension(type, name)
    if (extension && isObject(one))
      return Object.entries(one).flatMap(([member, inner]) =>
        spread(type, op, { [`${extension.id}:${member}`]: inner }),
      )
    // What the schema does not know is left out, as in a whole resource, and so is what only the server says.
    const known = PATH.exec(name)?.[1] ?? name
    const target = findTarget(type, known)
    if (!target || isReadOnly(target)) return []
    return [{ op, ...resolve(type, name), value: one, path: name }]
  })
}

const readOperation = (type: ResourceType, sent: unknown): readonly Operation[] => {
  if (!isObject(sent)) throw refused('invalidSyntax', 'Operations', 'Each of Operations must be an object')
  const op = typeof sent.op === 'string' ? sent.op.toLowerCase() : ''
  if (op !== 'add' && op !== 'remove' && op !== 'replace')
    throw refused('invalidSyntax', 'op', 'op must be add, remove or replace')
  const { path, value } = sent
  if (path !== undefined && path !== null && typeof path !== 'string')
    throw refused('invalidPath', 'path', 'path must be a text')
  if (op !== 'remove' && !Object.hasOwn(sent, 'value'))
    throw refused('invalidValue', 'value', `An operation ${op} needs a value`)
  if (typeof path !== 'string' || path === '') {
    if (op === 'remove') throw refused('noTarget', 'path', 'An operation remove needs a path')
    return spread(type, op, value)
  }
  const extension = findExtension(type, path)
  if (extension) {
    if (op !== 'remove') return spread(type, op, { [extension.id]: value })
    return extension.attributes.map(({ name }) => {
      const full = `${extension.id}:${name}`
      return { op, ...resolve(type, full), value: undefined, path: full }
    })
  }
  const resolved = resolve(type, path)
  if (isReadOnly(resolved.target)) throw refused('mutability', path, `${path} is the server's and cannot be changed`)
  return [{ op, ...resolved, value, path }]
}

/** @throws Fault `invalid` with the scimType that fits */
export const readPatch = (type: ResourceType, body: unknown): readonly Operation[] => {
  if (!isObject(body)) throw refused('invalidSyntax', '', 'The body must be an object of JSON')
  const { schemas } = body
  const named =
    Array.isArray(schemas) && schemas.some((one) => String(one).toLowerCase() === PATCH_SCHEMA.toLowerCase())
  if (!named) throw refused('invalidSyntax', 'schemas', `schemas must name ${PATCH_SCHEMA}`)
  const operations = body.Operations ?? body.operations
  if (!Array.isArray(operations) || operations.length === 0)
    throw refused('invalidSyntax', 'Operations', 'Operations must be a list of at least one operation')
  if (operations.length > MOST_OPERATIONS)
    throw refused('tooMany', 'Operations', `At most ${MOST_OPERATIONS} operations at a time`)
  return operations.flatMap((one) => readOperation(type, one))
}

const elementsOf = (value: unknown): readonly Resource[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter(isObject)

/** What makes two elements of a list the same one. */
const keyOf = (target: Target, element: Resource): string =>
  target.attribute.name === 'members' ? String(element.value) : JSON.stringify(element)

const without = (element: Resource, part: string): Resource => {
  const { [part]: _, ...rest } = element
  return rest
}

/** A new primary one takes the place of the former (RFC 7644, section 3.5.2). */
const onePrimary = (before: readonly Resource[], added: readonly Resource[]): readonly Resource[] =>
  added.some(({ primary }) => primary === true)
    ? before.map((one) => (one.primary === true ? { ...one, primary: false } : one))
    : before

const removed = ({ target, which, value }: Operation, current: unknown): unknown => {
  const { attribute, sub } = target
  if (!attribute.multiValued) return sub && isObject(current) ? without(current, sub.name) : undefined
  const elements = elementsOf(current)
  const passes = which ?? (() => true)
  if (sub) return elements.map((one) => (passes(one) ? without(one, sub.name) : one))
  if (which || value === undefined || value === null) return elements.filter((one) => !passes(one))
  // Some clients say in the value which elements go.
  const gone = elementsOf(readValue(attribute, value))
  const values = new Set(gone.map((one) => String(one.value ?? JSON.stringify(one))))
  return elements.filter((one) => !values.has(String(one.value ?? JSON.stringify(one))))
}

const putInto = (operation: Operation, current: unknown): unknown => {
  const { op, target, which, says, value, path } = operation
  const { attribute, sub } = target
  const single = { ...attribute, multiValued: false }
  if (!attribute.multiValued) {
    const read = readValue(sub ?? attribute, value, path)
    if (sub) return { ...(isObject(current) ? current : {}), [sub.name]: read }
    return isObject(current) && isObject(read) ? { ...current, ...read } : read
  }
  const elements = elementsOf(current)
  if (which || sub) {
    const part = sub ? { [sub.name]: readValue(sub, value, path) } : readValue(single, value, path)
    if (!isObject(part)) throw refused('invalidValue', path, `${path} must be an object`)
    const passes = which ?? (() => true)
    if (elements.some(passes)) {
      const kept = part.primary === true ? onePrimary(elements, [part]) : elements
      return elements.map((one, at) => (passes(one) ? { ...one, ...part } : kept[at]))
    }
    if (which && (!says || (op === 'replace' && elements.length > 0)))
      throw refused('noTarget', path, `Nothing that ${path} looks for is there`)
    return [...elements, { ...says, ...part }]
  }
  const read = elementsOf(readValue(attribute, value, path))
  if (op === 'replace') return read
  const there = new Set(elements.map((one) => keyOf(target, one)))
  const added = read.filter((one) => !there.has(keyOf(target, one)))
  return [...onePrimary(elements, added), ...added]
}

/** Applies operations in their order; the resource before is left as it is. */
export const applyPatch = (before: Resource, operations: readonly Operation[]): Resource => {
  const resource: Resource = { ...before }
  for (const operation of operations) {
    const { extension, attribute } = operation.target
    const found = extension ? resource[extension.id] : resource
    const holder = isObject(found) ? { ...found } : {}
    const unassigned = operation.op === 'remove' || operation.value === null
    const now = unassigned ? removed(operation, holder[attribute.name]) : putInto(operation, holder[attribute.name])
    holder[attribute.name] = Array.isArray(now) && now.length === 0 ? undefined : now
    if (extension) resource[extension.id] = holder
    else Object.assign(resource, { [attribute.name]: holder[attribute.name] })
  }
  return resource
}
