import Type from 'typebox'
import { invalid } from '../../../core/fault.ts'
import { readInstant } from '../../../core/instant.ts'
import { roleNames } from '../../../core/principal.ts'
import type { RouteParts } from '../route.ts'
import { IdPath, Instant, LIST_LIMIT, ListQuery, Next, problems, RealmRef, SentInstant } from '../shapes.ts'
import { sayKey } from '../voice.ts'

const Kind = Type.Enum(['api', 'license'], {
  description: '`api` opens this API; `license` opens the 1Kosmos surface.',
})
const Level = Type.Enum(['system', 'service', 'tenant', 'community'], {
  description:
    'How far a licence reaches: everything (system), the realms that it was authorised for beside its own (service), all communities of its realm’s tenant (tenant), or its own (community).',
})

const KeyDraft = Type.Object(
  {
    kind: Kind,
    name: Type.String({ minLength: 1, maxLength: 256, description: 'What people call it.' }),
    realm: Type.Optional(RealmRef),
    authLevel: Type.Optional(Level),
    user: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: 'Who acts with it; its own id when left out.' }),
    ),
    roles: Type.Optional(
      Type.Array(Type.Enum(roleNames), {
        minItems: 1,
        maxItems: roleNames.length,
        uniqueItems: true,
        description:
          'What an api key may do in its realm; everything when left out. A writer sends events, a reader searches, runs reports and looks at the directory, `directory` keeps the directory. A user sees its own doings; a service all of the realm; an operator and an admin also make reports, definitions and subscriptions, and an admin keeps the directory; a superadmin also sees everybody’s reports.',
      }),
    ),
    expiresAt: Type.Optional(SentInstant('When it stops working; never when left out')),
  },
  { additionalProperties: false },
)

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const keyMembers = {
  id: Type.String(),
  kind: Kind,
  name: Type.String(),
  realm: nullable(Type.Object({ tenantId: Type.String(), communityId: Type.String() })),
  authLevel: nullable(Level),
  user: nullable(Type.String()),
  roles: nullable(Type.Array(Type.String())),
  disabled: Type.Boolean(),
  expiresAt: nullable(Instant('When it stops working; null for never.')),
  createdAt: Instant('When it was made.'),
}
const Key = Type.Object(keyMembers)
const NewKey = Type.Object({
  ...keyMembers,
  secret: Type.String({ description: 'The key itself. It is told this once and never again.' }),
})

const KeyList = Type.Object(
  {
    ...ListQuery.properties,
    tenantId: Type.Optional(Type.String({ description: 'Only keys of this realm; goes with `communityId`.' })),
    communityId: Type.Optional(Type.String({ description: 'Only keys of this realm; goes with `tenantId`.' })),
  },
  { additionalProperties: false },
)

const tags = ['Keys']

const expiry = (sent: string | number | undefined): { expiresAt?: number } => {
  if (sent === undefined) return {}
  const at = readInstant(sent)
  if (at === undefined)
    throw invalid([
      {
        where: 'body',
        name: 'expiresAt',
        rule: 'format',
        message: 'expiresAt must be ISO 8601 or epoch milliseconds, such as 2027-01-31T00:00:00Z',
      },
    ])
  return { expiresAt: at }
}

/** Keys: create, list, remove. */
export const keyRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { keys } = context.app
  http.post(
    '/keys',
    {
      schema: {
        operationId: 'createKey',
        tags,
        summary: 'Create a key',
        body: KeyDraft,
        response: { 201: NewKey, ...problems(409, 413, 503) },
      },
    },
    async (request, reply) => {
      const { expiresAt, ...draft } = request.body
      const made = await keys.create(callerOf(request), { ...draft, ...expiry(expiresAt) })
      return reply.code(201).send({ ...sayKey(made.record), secret: made.secret })
    },
  )
  http.get(
    '/keys',
    {
      schema: {
        operationId: 'listKeys',
        tags,
        summary: 'List the keys, without their secrets',
        querystring: KeyList,
        response: { 200: Type.Object({ keys: Type.Array(Key), next: Next }), ...problems(503) },
      },
    },
    async (request) => {
      const { limit = LIST_LIMIT, after, ...realm } = request.query
      const found = await keys.list(callerOf(request), {
        limit,
        ...realmOf(realm),
        ...(after === undefined ? {} : { after }),
      })
      return { keys: found.map(sayKey), next: found.length < limit ? null : (found.at(-1)?.id ?? null) }
    },
  )
  http.delete(
    '/keys/:id',
    {
      schema: {
        operationId: 'removeKey',
        tags,
        summary: 'Remove a key; it stops working at once',
        params: IdPath,
        response: { 204: Type.Null(), ...problems(404, 503) },
      },
    },
    async (request, reply) => {
      await keys.remove(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}

/** A realm that a list is narrowed to. @throws Fault `invalid` when only one of the two ids was sent */
export const realmOf = (query: {
  readonly tenantId?: string
  readonly communityId?: string
}): { realm?: { tenantId: string; communityId: string } } => {
  const { tenantId, communityId } = query
  if (tenantId === undefined && communityId === undefined) return {}
  if (tenantId !== undefined && communityId !== undefined) return { realm: { tenantId, communityId } }
  const missing = tenantId === undefined ? 'tenantId' : 'communityId'
  throw invalid([
    { where: 'query', name: missing, rule: 'required', message: 'tenantId and communityId go together; send both' },
  ])
}
