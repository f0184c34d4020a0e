import Type from 'typebox'
import type { RouteParts } from '../route.ts'
import { IdPath, Instant, LIST_LIMIT, ListQuery, Next, problems } from '../shapes.ts'
import { saySetAside } from '../voice.ts'
import { realmOf } from './keys.ts'

const SetAside = Type.Object(
  {
    id: Type.String(),
    realm: Type.Object({ tenantId: Type.String(), communityId: Type.String() }),
    seq: Type.Integer({ description: 'The number that it was acknowledged under.' }),
    eventTs: Instant("The event's own time."),
    reason: Type.String({ description: "The store's words for why it refused the event." }),
    setAsideAt: Instant('When it was set aside.'),
    row: Type.String({ description: 'The event as it was to be stored: JSON text.' }),
  },
  { description: 'An acknowledged event that the store refused.' },
)

const SetAsideList = Type.Object(
  {
    ...ListQuery.properties,
    tenantId: Type.Optional(Type.String({ description: 'Only events of this realm; goes with `communityId`.' })),
    communityId: Type.Optional(Type.String({ description: 'Only events of this realm; goes with `tenantId`.' })),
  },
  { additionalProperties: false },
)

const tags = ['Set aside']

/** Events that the store refused: list, release, discard. */
export const setAsideRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { setAside } = context.app
  http.get(
    '/set-aside',
    {
      schema: {
        operationId: 'listSetAside',
        tags,
        summary: 'List the events that the store refused',
        querystring: SetAsideList,
        response: { 200: Type.Object({ events: Type.Array(SetAside), next: Next }), ...problems(404, 503) },
      },
    },
    async (request) => {
      const { limit = LIST_LIMIT, after, ...realm } = request.query
      const found = await setAside.list(callerOf(request), {
        limit,
        ...realmOf(realm),
        ...(after === undefined ? {} : { after }),
      })
      return { events: found.map(saySetAside), next: found.length < limit ? null : (found.at(-1)?.id ?? null) }
    },
  )
  http.post(
    '/set-aside/:id/release',
    {
      schema: {
        operationId: 'releaseSetAside',
        tags,
        summary: 'Put an event back on its way, under a new number',
        params: IdPath,
        response: { 200: Type.Object({ seq: Type.Integer() }), ...problems(404, 503) },
      },
    },
    async (request) => await setAside.release(callerOf(request), request.params.id),
  )
  http.delete(
    '/set-aside/:id',
    {
      schema: {
        operationId: 'discardSetAside',
        tags,
        summary: 'Discard an event for good',
        params: IdPath,
        response: { 204: Type.Null(), ...problems(404, 503) },
      },
    },
    async (request, reply) => {
      await setAside.discard(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  )
}
