import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import { uuidv7 } from 'uuidv7'
import type { DirectoryObject } from '../../../core/directory.ts'
import { createKeeping, type Kept } from '../keeping.ts'
import { answerList } from '../list.ts'
import { normalise, type Resource } from '../normalise.ts'
import { applyPatch, readPatch } from '../patch.ts'
import { type Projection, readProjection } from '../project.ts'
import {
  Answer,
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

const everything = () => true

/** Create, show, list, replace, change and remove resources of one kind. */
export const resourceRoutes = (parts: RouteParts, kept: Kept): void => {
  const { http } = parts
  const { type, kind } = kept
  const tags = [`${type.name}s`]
  const list = `/:tenantId/:communityId${type.endpoint}` as const
  const one = `${list}/:id` as const

  const { say, keep, change } = createKeeping(kept)
  const wanted = { tags, params: ResourcePath, querystring: WantedQuery }
  const changed = { ...wanted, body: Body, response: { 200: Answer, ...errors(409, 412, 413) } }

  /** Answers an object as its resource, as far as that was asked for. */
  const answer = async (reply: FastifyReply, seen: Seen, object: DirectoryObject, { wants, of }: Projection) => {
    reply.header('etag', versionOf(object))
    return send(reply, 200, of(await say(seen, object, wants)))
  }

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
        ...wanted,
        operationId: `get${type.name}`,
        summary: `Show a ${type.name}`,
        response: { 200: Answer, 304: Type.Null(), ...errors() },
      },
    },
    async (request, reply) => {
      const seen = await seenBy(parts, request)
      const projection = readProjection(type, request.query)
      const object = await seen.app.directory.get(seen.caller, seen.realm, kind, request.params.id)
      const version = versionOf(object)
      if (request.headers['if-none-match'] === version) return reply.code(304).header('etag', version).send(null)
      return await answer(reply, seen, object, projection)
    },
  )

  http.put(
    one,
    {
      schema: {
        ...changed,
        operationId: `replace${type.name}`,
        summary: `Replace a ${type.name}`,
      },
    },
    async (request, reply) => {
      const seen = await seenBy(parts, request)
      const projection = readProjection(type, request.query)
      const match = matchOf(request)
      const resource = normalise(type, request.body)
      const { id } = request.params
      const object = await change(seen, id, match, () => resource)
      return await answer(reply, seen, object, projection)
    },
  )

  http.patch(
    one,
    {
      schema: {
        ...changed,
        operationId: `patch${type.name}`,
        summary: `Change a ${type.name}`,
        description: 'Operations add, remove and replace, as in RFC 7644, section 3.5.2.',
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
      return await answer(reply, seen, object, projection)
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
