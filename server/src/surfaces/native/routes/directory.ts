import Type from 'typebox'
import type { SaidObject } from '../../../app/directory/directory.ts'
import { type DirectoryKind, directoryKinds } from '../../../core/directory.ts'
import { invalid } from '../../../core/fault.ts'
import type { RouteParts } from '../route.ts'
import { Instant, LIST_LIMIT, ListQuery, Next, problems, RealmPath } from '../shapes.ts'
import { sayObject } from '../voice.ts'

const Kind = Type.Enum([...directoryKinds], {
  description:
    'What it is. `membership`, `role_assignment`, `registration` and `grant` are relations: they join a subject (who) to an object (what).',
})
const KindPath = Type.Object({ ...RealmPath.properties, kind: Kind })
const ObjectPath = Type.Object({
  ...KindPath.properties,
  id: Type.String({ minLength: 1, maxLength: 256, description: 'Its id, a text without control characters.' }),
})

const Link = Type.Object(
  { kind: Kind, id: Type.String({ minLength: 1, maxLength: 256 }) },
  { additionalProperties: false },
)
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Attributes = Type.Object({}, { additionalProperties: true, description: 'Anything else that is known of it.' })

const members = {
  externalId: Type.Optional(nullable(Type.String({ description: 'What another system calls it.' }))),
  name: Type.Optional(
    Type.String({
      description: 'The name that its system knows it by. A user must have one, and no two have the same.',
    }),
  ),
  display: Type.Optional(Type.String({ description: 'The name that people read.' })),
  status: Type.Optional(Type.String({ description: 'A word; `active` when left out.' })),
  subject: Type.Optional(nullable(Link)),
  object: Type.Optional(nullable(Link)),
  relation: Type.Optional(Type.String({ description: 'Of a grant: `use` or `edit`. Empty otherwise.' })),
  attributes: Type.Optional(Attributes),
}
const Draft = Type.Object(members, { additionalProperties: false })
const Kept = Type.Object(
  {
    kind: Kind,
    id: Type.String(),
    externalId: nullable(Type.String()),
    name: Type.String(),
    display: Type.String(),
    status: Type.String(),
    subject: nullable(Link),
    object: nullable(Link),
    relation: Type.String(),
    attributes: Attributes,
    version: Type.Integer({ description: 'Grows with each change; also the `ETag`.' }),
    createdAt: Instant('When it was made.'),
    createdBy: Type.String({ description: 'Whose key made it.' }),
    modifiedAt: Instant('When it was last changed.'),
  },
  { description: 'One object of the directory.' },
)

const Query = Type.Object(
  {
    ...ListQuery.properties,
    name: Type.Optional(Type.String({ description: 'Only this name, in capitals or not.' })),
    externalId: Type.Optional(Type.String()),
    status: Type.Optional(Type.String()),
    subjectId: Type.Optional(Type.String({ description: 'Only what belongs to, or is given to, this one.' })),
    objectKind: Type.Optional(Kind),
    objectId: Type.Optional(Type.String({ description: 'Only relations to this one.' })),
    relation: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
)

const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'The `ETag` that the object must still have; otherwise 412 and nothing is changed.' }),
  ),
})

const tags = ['Directory']
const base = '/realms/:tenantId/:communityId/directory/:kind' as const

/** The version that an `If-Match` names. */
const matchOf = (header: string | undefined): { ifVersion?: number } => {
  if (header === undefined) return {}
  const [, digits] = /^"(\d{1,15})"$/.exec(header.trim()) ?? []
  if (digits !== undefined) return { ifVersion: Number(digits) }
  const message = 'If-Match must be an ETag that an answer told, with its quotes'
  throw invalid([{ where: 'header', name: 'if-match', rule: 'format', message }])
}

const etag = (object: { readonly version: number }): string => `"${object.version}"`

/** The directory's objects: list, show, put, change, remove. */
export const directoryRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  const { directory } = app
  http.get(
    base,
    {
      schema: {
        operationId: 'listDirectory',
        tags,
        summary: 'List the objects of a kind',
        params: KindPath,
        querystring: Query,
        response: { 200: Type.Object({ objects: Type.Array(Kept), next: Next }), ...problems(404, 503) },
      },
    },
    async (request) => {
      const { tenantId, communityId, kind } = request.params
      const caller = callerOf(request)
      const realm = await app.enter(caller, tenantId, communityId)
      const { limit = LIST_LIMIT, after, ...where } = request.query
      const found = await directory.list(caller, realm, kind as DirectoryKind, {
        where: where as { objectKind?: DirectoryKind },
        limit,
        ...(after === undefined ? {} : { after }),
      })
      return { objects: found.map(sayObject), next: found.length < limit ? null : (found.at(-1)?.id ?? null) }
    },
  )
  http.get(
    `${base}/:id`,
    {
      schema: {
        operationId: 'getDirectoryObject',
        tags,
        summary: 'Show an object',
        params: ObjectPath,
        response: { 200: Kept, ...problems(404, 503) },
      },
    },
    async (request, reply) => {
      const { tenantId, communityId, kind, id } = request.params
      const caller = callerOf(request)
      const realm = await app.enter(caller, tenantId, communityId)
      const found = await directory.get(caller, realm, kind as DirectoryKind, id)
      return reply.header('etag', etag(found)).send(sayObject(found))
    },
  )
  http.put(
    `${base}/:id`,
    {
      schema: {
        operationId: 'putDirectoryObject',
        tags,
        summary: 'Make an object, or replace it',
        description: 'What is left out is empty afterwards; the status is `active` then.',
        params: ObjectPath,
        headers: IfMatch,
        body: Draft,
        response: { 200: Kept, 201: Kept, ...problems(404, 409, 412, 413, 503) },
      },
    },
    async (request, reply) => {
      const { tenantId, communityId, kind, id } = request.params
      const caller = callerOf(request)
      const realm = await app.enter(caller, tenantId, communityId)
      const put = { kind: kind as DirectoryKind, id, said: request.body as SaidObject }
      const kept = await directory.put(caller, realm, {
        ...put,
        ...matchOf(request.headers['if-match']),
        tells: 'native',
      })
      return reply
        .code(kept.created ? 201 : 200)
        .header('etag', etag(kept.object))
        .send(sayObject(kept.object))
    },
  )
  http.patch(
    `${base}/:id`,
    {
      schema: {
        operationId: 'patchDirectoryObject',
        tags,
        summary: 'Change an object',
        description: 'What is left out stays. Attributes are merged one by one; one that is null goes.',
        params: ObjectPath,
        headers: IfMatch,
        body: Draft,
        response: { 200: Kept, ...problems(404, 409, 412, 413, 503) },
      },
    },
    async (request, reply) => {
      const { tenantId, communityId, kind, id } = request.params
      const caller = callerOf(request)
      const realm = await app.enter(caller, tenantId, communityId)
      const put = { kind: kind as DirectoryKind, id, said: request.body as SaidObject }
      const kept = await directory.patch(caller, realm, {
        ...put,
        ...matchOf(request.headers['if-match']),
        tells: 'native',
      })
      return reply.header('etag', etag(kept.object)).send(sayObject(kept.object))
    },
  )
  http.delete(
    `${base}/:id`,
    {
      schema: {
        operationId: 'removeDirectoryObject',
        tags,
        summary: 'Remove an object and the relations that it is part of',
        params: ObjectPath,
        headers: IfMatch,
        response: { 204: Type.Null(), ...problems(404, 412, 503) },
      },
    },
    async (request, reply) => {
      const { tenantId, communityId, kind, id } = request.params
      const caller = callerOf(request)
      const realm = await app.enter(caller, tenantId, communityId)
      await directory.remove(caller, realm, kind as DirectoryKind, id, {
        ...matchOf(request.headers['if-match']),
        tells: 'native',
      })
      return reply.code(204).send(null)
    },
  )
}
