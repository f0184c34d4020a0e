import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { isFault } from '../../core/fault.ts'
import type { Principal } from '../../core/principal.ts'
import type { Http, SurfaceContext } from '../../http/surface.ts'
import { MEDIA_TYPE, refused } from './errors.ts'
import type { Seen } from './seen.ts'

export interface RouteParts {
  readonly http: Http
  readonly context: SurfaceContext
  readonly callerOf: (request: FastifyRequest) => Principal
}

const Id = (description: string) => Type.String({ minLength: 1, maxLength: 128, description })

export const RealmPath = Type.Object({ tenantId: Id('The tenant.'), communityId: Id('The community of the tenant.') })
export const ResourcePath = Type.Object({
  ...RealmPath.properties,
  id: Type.String({ minLength: 1, maxLength: 256, description: 'The id that the server gave.' }),
})

export const Wanted = {
  attributes: Type.Optional(Type.String({ description: 'Only these attributes, with commas between.' })),
  excludedAttributes: Type.Optional(Type.String({ description: 'All but these attributes.' })),
}
export const WantedQuery = Type.Object(Wanted)

export const ListQuery = Type.Object({
  ...Wanted,
  filter: Type.Optional(Type.String({ description: 'As in RFC 7644, section 3.4.2.2.' })),
  sortBy: Type.Optional(Type.String({ description: 'An attribute to order by.' })),
  sortOrder: Type.Optional(Type.String({ description: '`ascending` or `descending`.' })),
  startIndex: Type.Optional(Type.String({ description: 'The first resource of the answer, from 1.' })),
  count: Type.Optional(Type.String({ description: 'Most resources of the answer; 100, at most 200.' })),
})

export const Body = Type.Object({}, { additionalProperties: true, description: 'A resource, as RFC 7643 has it.' })
export const Answer = Type.Object({}, { additionalProperties: true, description: 'As RFC 7643 and RFC 7644 have it.' })

const ScimError = Type.Object(
  {
    schemas: Type.Array(Type.String()),
    status: Type.String(),
    scimType: Type.Optional(Type.String()),
    detail: Type.String(),
  },
  { description: 'An error, as RFC 7644, section 3.12 has it.' },
)

/** The errors that any route can answer, for its document. */
export const errors = (...statuses: readonly number[]) =>
  Object.fromEntries(
    [400, 401, 403, 404, 429, 503, ...statuses].map((status) => [
      status,
      { description: 'An error.', content: { 'application/scim+json': { schema: ScimError } } },
    ]),
  )

/** Who asks, in the realm of the path. */
export const seenBy = async (
  { context, callerOf }: RouteParts,
  request: FastifyRequest<{ Params: { tenantId: string; communityId: string } }>,
): Promise<Seen> => {
  const { tenantId, communityId } = request.params
  const caller = callerOf(request)
  const realm = await context.app.enter(caller, tenantId, communityId)
  const base = `${context.publicUrl}/scim/v2/${encodeURIComponent(tenantId)}/${encodeURIComponent(communityId)}`
  return { app: context.app, caller, realm, base }
}

/** The version that `If-Match` asks for; undefined when any will do. */
export const matchOf = (request: FastifyRequest): number | undefined => {
  const sent = request.headers['if-match']
  if (sent === undefined || sent.trim() === '*') return undefined
  const [, digits] = /^(?:W\/)?"(\d{1,15})"$/.exec(sent.trim()) ?? []
  if (digits === undefined)
    throw refused('invalidVers', 'if-match', 'If-Match must be a version that an answer told', 'header')
  return Number(digits)
}

const TRIES = 5

/** Runs work again when what it read has changed meanwhile, unless its asker said which version it means. */
export const again = async <T>(match: number | undefined, work: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++)
    try {
      return await work()
    } catch (error) {
      const moved = isFault(error, 'conflict') && error.details.why === 'version'
      if (!moved || match !== undefined || tries === TRIES) throw error
    }
}

/** Sends a resource as text, since its attributes are not known to any serialiser. */
export const send = (reply: FastifyReply, status: number, body: object): FastifyReply =>
  reply
    .code(status)
    .header('content-type', MEDIA_TYPE)
    .serializer((text) => String(text))
    .send(JSON.stringify(body))
