import Type from 'typebox'
import { uuidv7 } from 'uuidv7'
import type { SaidChange, SaidPut } from '../../../app/directory/directory.ts'
import type { DirectoryObject } from '../../../core/directory.ts'
import { answerList, type Said } from '../list.ts'
import { normalise, type Resource } from '../normalise.ts'
import { applyPatch, readPatch } from '../patch.ts'
import { readProjection } from '../project.ts'
import {
  Answer,
  again,
  Body,
  errors,
  ListQuery,
  matchOf,
  RealmPath,
  ResourcePath,
  type RouteParts,
  seenBy,
  send,
  WantedQuery,
} from '../route.ts'
import { type Seen, versionOf } from '../seen.ts'

/** A kind of resource as its routes need it. */
export interface Kept extends Said {
  /** The changes that make a resource so; the first is that of the object itself. */
  readonly changes: (
    seen: Seen,
    id: string,
    resource: Resource,
    before: DirectoryObject | undefined,
  ) => Promise<readonly [SaidPut, ...SaidChange[]]>
}

const everything = () => true

/** Create, show, list, replace, change and remove resources of one kind. */
export const resourceRoutes = (parts: RouteParts, kept: Kept): void => {
  const { http } = parts
  const { type, kind } = kept
  const tags = [`${type.name}s`]
  const list = `/:tenantId/:communityId${type.endpoint}` as const
  const one = `${list}/:id` as const

  const say = async (seen: Seen, object: DirectoryObject, wants: (name: string) => boolean): Promise<Resource> => {
    const [resource] = await kept.say(seen, [object], wants)
    if (!resource) throw new Error('An object had no resource')
    return resource
  }

  /** Makes an object, and what belongs to it, as a resource says; answers the object. */
  const keep = async (
    seen: Seen,
    id: string,
    resource: Resource,
    before: DirectoryObject | undefined,
    match?: number,
  ): Promise<DirectoryObject> => {
    const [own, ...others] = await kept.changes(seen, id, resource, before)
    const ifVersion = match ?? before?.version ?? 0
    const first = { ...own, ifVersion, ...(others.length > 0 ? { touch: true as const } : {}) }
    const [changed] = await seen.app.directory.change(seen.caller, seen.realm, [first, ...others], { tells: 'scim' })
    if (!changed?.after) throw new Error('An object was not there after it was put')
    return changed.after
  }

  /** Changes an object that is there to what it should be next, again when another change came between. */
  const change = (
    seen: Seen,
    id: string,
    match: number | undefined,
    next: (before: DirectoryObject) => Resource | Promise<Resource>,
  ): Promise<DirectoryObject> =>
    again(match, async () => {
      const before = await seen.app.directory.get(seen.caller, seen.realm, kind, id)
      return await keep(seen, id, await next(before), before, match)
    })

  http.get(
    list,
    {
      schema: {
        operationId: `list${type.name}s`,
        tags,
        summary: `List or search ${type.name}s`,
        params: RealmPath,
        querystring: ListQuery,
        response: { 200: Answer, ...errors() },
      },
    },
    async (request, reply) => {
      const seen = await seenBy(parts, request)
      return send(reply, 200, await answerList(seen, kept, request.query))
    },
  )

  http.post(
    list,
    {
      schema: {
        operationId: `create${type.name}`,
        tags,
        summary: `Create a ${type.name}`,
        params: RealmPath,
        querystring: WantedQuery,
        body: Body,
        response: { 201: Answer, ...errors(409, 413) },
      },
    },
    async (request, reply) => {
      const seen = await seenBy(parts, request)
      const projection = readProjection(type, request.query)
      const object = await keep(seen, uuidv7(), normalise(type, request.body), undefined)
      const resource = await say(seen, object, projection.wants)
      const location = String((resource.meta as Resource).location)
      reply.header('etag', versionOf(object)).header('location', location)
      return send(reply, 201, projection.of(resource))
    },
  )

  http.get(
    one,
    {
      schema: {
        operationId: `get${type.name}`,
        tags,
        summary: `Show a ${type.name}`,
        params: ResourcePath,
        querystring: WantedQuery,
        response: { 200: Answer, 304: Type.Null(), ...errors() },
      },
    },
    async (request, reply) => {
      const seen = await seenBy(parts, request)
      const projection = readProjection(type, request.query)
      const object = await seen.app.directory.get(seen.caller, seen.realm, kind, request.params.id)
      reply.header('etag', versionOf(object))
      if (request.headers['if-none-match'] === versionOf(object)) return reply.code(304).send(null)
      return send(reply, 200, projection.of(await say(seen, object, projection.wants)))
    },
  )

  http.put(
    one,
    {
      schema: {
        operationId: `replace${type.name}`,
        tags,
        summary: `Replace a ${type.name}`,
        params: ResourcePath,
        querystring: WantedQuery,
        body: Body,
        response: { 200: Answer, ...errors(409, 412, 413) },
      },
    },
    async (request, reply) => {
      const seen = await seenBy(parts, request)
      const projection = readProjection(type, request.query)
      const match = matchOf(request)
      const resource = normalise(type, request.body)
      const { id } = request.params
      const object = await change(seen, id, match, () => resource)
      reply.header('etag', versionOf(object))
      return send(reply, 200, projection.of(await say(seen, object, projection.wants)))
    },
  )

  http.patch(
    one,
    {
      schema: {
        operationId: `patch${type.name}`,
        tags,
        summary: `Change a ${type.name}`,
        description: 'Operations add, remove and replace, as in RFC 7644, section 3.5.2.',
        params: ResourcePath,
        querystring: WantedQuery,
        body: Body,
        response: { 200: Answer, ...errors(409, 412, 413) },
      },
    },
    async (request, reply) => {
      const seen = await seenBy(parts, request)
      const projection = readProjection(type, request.query)
      const match = matchOf(request)
      const operations = readPatch(type, request.body)
      const { id } = request.params
      const object = await change(seen, id, match, async (before) =>
        normalise(type, applyPatch(await say(seen, before, everything), operations)),
      )
      reply.header('etag', versionOf(object))
      return send(reply, 200, projection.of(await say(seen, object, projection.wants)))
    },
  )

  http.delete(
    one,
    {
      schema: {
        operationId: `remove${type.name}`,
        tags,
        summary: `Remove a ${type.name}`,
        params: ResourcePath,
        response: { 204: Type.Null(), ...errors(412) },
      },
    },
    async (request, reply) => {
      const seen = await seenBy(parts, request)
      const match = matchOf(request)
      await seen.app.directory.remove(seen.caller, seen.realm, kind, request.params.id, {
        ...(match === undefined ? {} : { ifVersion: match }),
        tells: 'scim',
      })
      return reply.code(204).send(null)
    },
  )
}
