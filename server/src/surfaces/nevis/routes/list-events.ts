import Type from 'typebox'
import { goneOf } from '../../../http/gone.ts'
import { filterOf } from '../filters.ts'
import { readAsked } from '../parameters.ts'
import { type RouteParts, sayIncomplete, searchEvents } from '../search.ts'
import { Paging, refusals } from '../shapes.ts'
import { sayEvent } from '../voice.ts'

/** A page that begins further in is only asked for when there are so many events. */
const FAR = 10_000

const Found = Type.Object({
  count: Type.Integer({ description: 'How many events match, whatever the page.' }),
  events: Type.Array(Type.Ref('NevisEvent')),
})

/** GET /events: a page of events, newest first. */
export const listEventsRoute = (parts: RouteParts): void => {
  parts.http.get(
    '/events',
    {
      schema: {
        operationId: 'queryEvents',
        tags: ['Log events'],
        summary: 'Query log events',
        querystring: Paging,
        response: { 200: Found, ...refusals(400, 413, 422) },
      },
    },
    async (request, reply) => {
      const caller = parts.callerOf(request)
      const asked = readAsked(request.query as Record<string, unknown>, parts.context.now())
      const question = { window: asked.window, filter: filterOf(asked), total: true, signal: goneOf(reply) }
      const skip = (asked.page - 1) * asked.limit
      const counted =
        skip > FAR ? await searchEvents(parts, caller, { ...question, page: { skip: 0, size: 0 } }) : undefined
      const found =
        counted && skip >= (counted.total ?? 0)
          ? { ...counted, rows: [] }
          : await searchEvents(parts, caller, { ...question, page: { skip, size: asked.limit } })
      sayIncomplete(reply, found)
      // The events are text already and stay as they were sent; no serialiser may touch them.
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .send(`{"count":${found.total ?? 0},"events":[${found.rows.map(sayEvent).join(',')}]}` as never)
    },
  )
}
