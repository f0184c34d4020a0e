import type { DirectoryObject } from '../../core/directory.ts'
import { readInstant } from '../../core/instant.ts'
import { MOST_RESULTS } from './documents.ts'
import { refused } from './errors.ts'
import { lookedAt, narrowedBy, parseFilter, resourceTest } from './filter.ts'
import { isObject, type Resource } from './normalise.ts'
import { type Projection, readProjection, type Wanted } from './project.ts'
import { findTarget, type ResourceType } from './schema/resource-type.ts'
import type { Seen } from './seen.ts'

export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** What a list is asked for, as it was sent. */
export interface ListAsked extends Wanted {
  readonly filter?: string | undefined
  readonly sortBy?: string | undefined
  readonly sortOrder?: string | undefined
  readonly startIndex?: string | undefined
  readonly count?: string | undefined
}

/** How a type's objects become resources. */
export interface Said {
  readonly type: ResourceType
  readonly kind: 'user' | 'group'
  readonly say: (
    seen: Seen,
    objects: readonly DirectoryObject[],
    wants: (name: string) => boolean,
  ) => Promise<readonly Resource[]>
}

const DEFAULT_COUNT = 100
const CHUNK = 500
/** How many objects a filter or an order may look at. */
const MOST_SEARCHED = 100_000

const readWhole = (name: string, text: string | undefined, fallback: number): number => {
  if (text === undefined || text === '') return fallback
  if (!/^[+-]?\d{1,9}$/.test(text)) throw refused('invalidValue', name, `${name} must be a whole number`, 'query')
  return Number(text)
}

/** Objects of the kind, chunk by chunk, as far as an index cannot tell that they do not pass. */
async function* chunks(
  { app, caller, realm }: Seen,
  kind: Said['kind'],
  where: object,
): AsyncGenerator<readonly DirectoryObject[]> {
  for (let after: string | undefined; ; ) {
    const options = { where, limit: CHUNK, ...(after === undefined ? {} : { after }) }
    const found = await app.directory.list(caller, realm, kind, options)
    if (found.length > 0) yield found
    if (found.length < CHUNK) return
    after = found.at(-1)?.id
  }
}

/** A value to sort by: that of the attribute, or of the primary or first element of a list. */
const sortKey = (type: ResourceType, sortBy: string): ((resource: Resource) => string) => {
  const target = findTarget(type, sortBy)
  if (!target) throw refused('invalidPath', 'sortBy', `There is no attribute ${sortBy.slice(0, 128)}`, 'query')
  const { extension, attribute, sub } = target
  const part = sub ?? attribute
  const say = (value: unknown): string => {
    if (part.type === 'dateTime') return String(readInstant(value) ?? 0).padStart(15, '0')
    const text = value === undefined ? '' : String(value)
    return part.caseExact ? text : text.toLowerCase()
  }
  return (resource) => {
    const holder = extension ? resource[extension.id] : resource
    const value = isObject(holder) ? holder[attribute.name] : undefined
    const list = Array.isArray(value) ? value.filter(isObject) : undefined
    const one = list ? (list.find(({ primary }) => primary === true) ?? list[0]) : value
    return say(isObject(one) ? one[sub?.name ?? 'value'] : one)
  }
}

interface Match {
  readonly object: DirectoryObject
  readonly key: string
}

/** All that pass, as briefly as the page and the order need them. */
const search = async (seen: Seen, said: Said, asked: ListAsked) => {
  const filter = asked.filter === undefined ? undefined : parseFilter(asked.filter)
  const test = filter && resourceTest(said.type, filter)
  const key = asked.sortBy === undefined ? undefined : sortKey(said.type, asked.sortBy)
  const names = [...(filter ? lookedAt(filter) : []), ...(asked.sortBy === undefined ? [] : [asked.sortBy])]
  const needed = new Set(names.flatMap((name) => findTarget(said.type, name)?.attribute.name ?? []))
  const found: Match[] = []
  let searched = 0
  for await (const objects of chunks(seen, said.kind, filter ? narrowedBy(said.type, filter) : {})) {
    searched += objects.length
    if (searched > MOST_SEARCHED)
      throw refused(
        'tooMany',
        'filter',
        `More than ${MOST_SEARCHED} resources would be searched; filter by userName, externalId or id`,
        'query',
      )
    const resources = await said.say(seen, objects, (name) => needed.has(name))
    for (const [at, resource] of resources.entries()) {
      const object = objects[at]
      if (object && (!test || test(resource))) found.push({ object, key: key ? key(resource) : '' })
    }
  }
  if (key) found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.object.id < b.object.id ? -1 : 1))
  return asked.sortOrder?.toLowerCase() === 'descending' ? found.reverse() : found
}

/** Answers a list: filtered, in order, from where it was asked (RFC 7644, section 3.4.2). */
export const answerList = async (seen: Seen, said: Said, asked: ListAsked): Promise<Resource> => {
  const projection: Projection = readProjection(said.type, asked)
  const startIndex = Math.max(1, readWhole('startIndex', asked.startIndex, 1))
  const count = Math.min(MOST_RESULTS, Math.max(0, readWhole('count', asked.count, DEFAULT_COUNT)))
  const { app, caller, realm } = seen
  let total: number
  let page: readonly DirectoryObject[]
  if (asked.filter === undefined && asked.sortBy === undefined) {
    total = await app.directory.count(caller, realm, said.kind)
    const options = { skip: startIndex - 1, limit: count }
    page = count === 0 ? [] : await app.directory.list(caller, realm, said.kind, options)
  } else {
    const found = await search(seen, said, asked)
    total = found.length
    page = found.slice(startIndex - 1, startIndex - 1 + count).map(({ object }) => object)
  }
  const resources = await said.say(seen, page, projection.wants)
  return {
    schemas: [LIST_SCHEMA],
    totalResults: total,
    itemsPerPage: resources.length,
    startIndex,
    Resources: resources.map(projection.of),
  }
}
