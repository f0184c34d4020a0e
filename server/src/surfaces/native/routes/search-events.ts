import Type from 'typebox'
import { Fault, invalid } from '../../../core/fault.ts'
import { decodeCursor, encodeCursor } from '../../../core/page.ts'
import { goneOf } from '../../../http/gone.ts'
import { readWindow } from '../asked-window.ts'
import { sayIncomplete } from '../incomplete.ts'
import type { RouteParts } from '../route.ts'
import { filterLanguage, readFilterText } from '../search-filter.ts'
import { LIST_LIMIT, ListQuery, problems, RealmPath } from '../shapes.ts'
import { sayEvent, shownColumns } from '../voice.ts'

/** The report behind the search. */
const REPORT = 'event-search'

const Query = Type.Object(
  {
    filter: Type.Optional(Type.String({ maxLength: 16_384, description: filterLanguage })),
    from: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601 or epoch milliseconds, included.' })),
    to: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601 or epoch milliseconds, included.' })),
    order: Type.Optional(
      Type.Enum(['newest', 'oldest'], { default: 'newest', description: 'Which events come first.' }),
    ),
    limit: ListQuery.properties.limit,
    cursor: Type.Optional(
      Type.String({ maxLength: 2_048, description: "The answer's `cursor`; send the other parameters unchanged." }),
    ),
  },
  { additionalProperties: false },
)

const Found = Type.Object({
  events: Type.Array(Type.Object({}, { additionalProperties: true }), {
    description:
      "Each event as it was sent, with the server's fields (`event_id`, `event_name`, `event_ts`, `received_ts`, `seq`, `dialect`, `kind`, `action`, `outcome`, `category`) beside them; a name that the sender used keeps the sender's value.",
  }),
  cursor: Type.Union([Type.String(), Type.Null()], { description: 'Send it for what follows; null at the end.' }),
})

const orders = { newest: ['-event_ts', '-event_id'], oldest: ['event_ts', 'event_id'] } as const

const afterOf = (cursor: string | undefined) => {
  if (cursor === undefined) return {}
  const after = decodeCursor(cursor)
  if (!after)
    throw invalid([
      { where: 'query', name: 'cursor', rule: 'format', message: 'cursor is not one that an answer told' },
    ])
  return { after }
}

/** Searching events: by filter and time, page after page by cursor. */
export const searchEventsRoute = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  http.get(
    '/realms/:tenantId/:communityId/events',
    {
      schema: {
        operationId: 'searchEvents',
        tags: ['Events'],
        summary: 'Search events',
        description:
          'Everything acknowledged before is searched; should the store be behind for longer than two seconds, the answer says `Rollcall-Incomplete: true` and, in `Rollcall-Watermark`, the number up to which events are in it.',
        params: RealmPath,
        querystring: Query,
        response: { 200: Found, ...problems(404, 413, 422, 503) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      const report = app.reports.get(REPORT)
      if (!report) throw new Fault('not-found', { what: 'report', id: REPORT }, 'Events cannot be searched here')
      const { filter, from, to, limit = LIST_LIMIT, order = 'newest', cursor } = request.query
      const window = readWindow('query', { from, to }, report.defaultSpan ?? 0, context.now())
      const answered = await app.runReport(caller, realm, report, {
        ...(window ? { window } : {}),
        ...(filter === undefined ? {} : { filter: readFilterText(filter) }),
        order: orders[order],
        page: { skip: 0, size: limit },
        ...afterOf(cursor),
        total: false,
        signal: goneOf(reply),
        with: [...shownColumns.filter((name) => !Object.hasOwn(report.columns, name)), 'raw'],
      })
      const last = answered.rows.length < limit ? undefined : answered.rows.at(-1)
      const next = last ? encodeCursor({ ts: Number(last.event_ts), id: String(last.event_id) }) : null
      sayIncomplete(reply, answered)
      // The events are text already and stay as they were sent; no serialiser may touch them.
      return reply
        .header('content-type', 'application/json; charset=utf-8')
        .send(`{"events":[${answered.rows.map(sayEvent).join(',')}],"cursor":${JSON.stringify(next)}}` as never)
    },
  )
}
