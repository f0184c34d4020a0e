import Type from 'typebox'
import { Fault } from '../../../core/fault.ts'
import { column, equals } from '../../../core/filter.ts'
import { DAY_MS } from '../../../core/window.ts'
import { type RouteParts, sayIncomplete, searchEvents } from '../search.ts'
import { refusals } from '../shapes.ts'
import { sayEvent } from '../voice.ts'

/** How far ahead of the clock an event can be. */
const AHEAD = 400 * DAY_MS

/** GET /events/{eventId}: one event, without a wrapper. */
export const getEventRoute = (parts: RouteParts): void => {
  parts.http.get(
    '/events/:eventId',
    {
      schema: {
        operationId: 'getEvent',
        tags: ['Log events'],
        summary: 'Retrieve a log event',
        params: Type.Object({ eventId: Type.String() }),
        response: { 200: Type.Ref('NevisEvent'), ...refusals(400, 404, 422) },
      },
    },
    async (request, reply) => {
      const { eventId } = request.params
      const found = await searchEvents(parts, parts.callerOf(request), {
        window: { from: 0, to: parts.context.now() + AHEAD },
        filter: equals(column('event_id'), eventId),
        page: { skip: 0, size: 1 },
        total: false,
      })
      const [row] = found.rows
      if (!row) throw new Fault('not-found', { what: 'event', id: eventId }, 'There is no event of this id')
      sayIncomplete(reply, found)
      return reply.header('content-type', 'application/json; charset=utf-8').send(sayEvent(row) as never)
    },
  )
}
