import Type from 'typebox'
import { realmKey } from '../../../core/realm.ts'
import type { RouteParts } from '../route.ts'
import { Instant, LIST_LIMIT, ListQuery, Next, problems, RealmPath } from '../shapes.ts'
import { sayRealm } from '../voice.ts'

const Name = Type.String({ minLength: 1, maxLength: 256 })
const Id = Type.String({ minLength: 1, maxLength: 128, pattern: '^(?!\\.{1,2}$)[^/\\s\\u0000-\\u001f\\u007f]+$' })
const Dns = Type.Array(Type.String({ minLength: 1, maxLength: 253 }), {
  maxItems: 100,
  description: 'Host names under which clients find the tenant.',
})
const Zone = Type.String({ maxLength: 64, description: "IANA time zone; the server's setting when null." })

const RealmDraft = Type.Object(
  {
    tenant: Type.Object(
      { id: Type.Optional(Id), tag: Type.Optional(Name), name: Name, dns: Type.Optional(Dns) },
      { additionalProperties: false },
    ),
    community: Type.Object({ id: Type.Optional(Id), name: Name }, { additionalProperties: false }),
    timezone: Type.Optional(Zone),
  },
  { additionalProperties: false, description: 'Ids are made when left out; any opaque text without a slash is taken.' },
)

const RealmChange = Type.Object(
  {
    tenant: Type.Optional(
      Type.Object(
        { name: Type.Optional(Name), tag: Type.Optional(Name), dns: Type.Optional(Dns) },
        { additionalProperties: false },
      ),
    ),
    community: Type.Optional(Type.Object({ name: Type.Optional(Name) }, { additionalProperties: false })),
    timezone: Type.Optional(Type.Union([Zone, Type.Null()])),
  },
  { additionalProperties: false },
)

const Realm = Type.Object(
  {
    tenant: Type.Object({ id: Type.String(), tag: Type.String(), name: Type.String(), dns: Type.Array(Type.String()) }),
    community: Type.Object({ id: Type.String(), name: Type.String() }),
    timezone: Type.Union([Type.String(), Type.Null()]),
    createdAt: Instant('When the realm was created.'),
  },
  { description: 'One isolated space of events: a tenant and a community.' },
)

const RealmList = Type.Object(
  {
    ...ListQuery.properties,
    after: Type.Optional(
      Type.String({ maxLength: 1_024, pattern: '^\\d+:', description: 'The `next` of the answer before.' }),
    ),
  },
  { additionalProperties: false },
)

const tags = ['Realms']

/** Realms: create, list, show, change, remove. */
export const realmRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { realms } = context.app
  http.post(
    '/realms',
    {
      schema: {
        operationId: 'createRealm',
        tags,
        summary: 'Create a realm',
        body: RealmDraft,
        response: { 201: Realm, ...problems(409, 413, 503) },
      },
    },
    async (request, reply) => reply.code(201).send(sayRealm(await realms.create(callerOf(request), request.body))),
  )
  http.get(
    '/realms',
    {
      schema: {
        operationId: 'listRealms',
        tags,
        summary: 'List the realms that the key may enter',
        querystring: RealmList,
        response: { 200: Type.Object({ realms: Type.Array(Realm), next: Next }), ...problems(503) },
      },
    },
    async (request) => {
      const { limit = LIST_LIMIT, after } = request.query
      const found = await realms.list(callerOf(request), { limit, ...(after === undefined ? {} : { after }) })
      const last = found.length < limit ? undefined : found.at(-1)
      return {
        realms: found.map(sayRealm),
        next: last ? realmKey(last.realm) : null,
      }
    },
  )
  http.get(
    '/realms/:tenantId/:communityId',
    {
      schema: {
        operationId: 'getRealm',
        tags,
        summary: 'Show a realm',
        params: RealmPath,
        response: { 200: Realm, ...problems(404, 503) },
      },
    },
    async (request) =>
      sayRealm(await realms.get(callerOf(request), request.params.tenantId, request.params.communityId)),
  )
  http.patch(
    '/realms/:tenantId/:communityId',
    {
      schema: {
        operationId: 'updateRealm',
        tags,
        summary: 'Change a realm',
        description:
          'What is left out stays. After a change of the time zone, a job counts days and months anew; until it is done, reports on them say `Rollcall-Incomplete`.',
        params: RealmPath,
        body: RealmChange,
        response: { 200: Realm, ...problems(404, 409, 413, 503) },
      },
    },
    async (request) => {
      const { tenantId, communityId } = request.params
      return sayRealm(await realms.update(callerOf(request), tenantId, communityId, request.body))
    },
  )
  http.delete(
    '/realms/:tenantId/:communityId',
    {
      schema: {
        operationId: 'removeRealm',
        tags,
        summary: 'Remove a realm, its keys and its files',
        description:
          'Its events stay in the store until retention drops them, and nobody can read them; a realm that is made again under the same ids shows them.',
        params: RealmPath,
        response: { 204: Type.Null(), ...problems(404, 503) },
      },
    },
    async (request, reply) => {
      await realms.remove(callerOf(request), request.params.tenantId, request.params.communityId)
      return reply.code(204).send(null)
    },
  )
}
