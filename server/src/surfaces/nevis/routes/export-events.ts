import { Readable } from 'node:stream'
import Type from 'typebox'
import type { Answered } from '../../../app/app.ts'
import { csvLine } from '../../../core/csv.ts'
import type { Cursor } from '../../../core/page.ts'
import type { Caller } from '../auth.ts'
import { csvRow, exportColumns } from '../csv.ts'
import { filterOf } from '../filters.ts'
import { readAsked } from '../parameters.ts'
import { type RouteParts, sayIncomplete, searchEvents } from '../search.ts'
import { Narrowing, refusals } from '../shapes.ts'
import { sayEvent } from '../voice.ts'

/** Events that are in memory at a time. */
const BATCH = 2_000

const linesOf = ({ rows }: Answered): string => rows.map((row) => csvLine(csvRow(JSON.parse(sayEvent(row))))).join('')

const lastOf = ({ rows }: Answered): Cursor | undefined => {
  const row = rows.length < BATCH ? undefined : rows.at(-1)
  return row && { ts: Number(row.event_ts), id: String(row.event_id) }
}

/** GET /events/export: every event that matches as CSV, read batch by batch by key as the reader takes it. */
export const exportEventsRoute = (parts: RouteParts): void => {
  parts.http.get(
    '/events/export',
    {
      schema: {
        operationId: 'exportEvents',
        tags: ['Log events'],
        summary: 'Export log events as CSV',
        description:
          "The vendor's columns and names, quoted as RFC 4180 says. A cell that a spreadsheet would take for a formula has an apostrophe before it.",
        querystring: Narrowing,
        response: {
          200: {
            description: 'Every event that matches, newest first.',
            content: { 'application/octet-stream': { schema: Type.String() } },
          },
          ...refusals(400, 413, 422),
        },
      },
    },
    async (request, reply) => {
      const caller: Caller = parts.callerOf(request)
      const { offset: _offset, limit: _limit, ...query } = request.query as Record<string, unknown>
      const asked = readAsked(query, parts.context.now())
      const gone = new AbortController()
      const batch = (after: Cursor | undefined): Promise<Answered> =>
        searchEvents(parts, caller, {
          window: asked.window,
          filter: filterOf(asked),
          page: { skip: 0, size: BATCH },
          ...(after ? { after } : {}),
          total: false,
          signal: gone.signal,
        })
      // Asked before anything is answered, so that what cannot be asked is still refused.
      const first = await batch(undefined)
      async function* lines() {
        yield csvLine(exportColumns)
        yield linesOf(first)
        for (let after = lastOf(first); after; ) {
          const next = await batch(after)
          yield linesOf(next)
          after = lastOf(next)
        }
      }
      const body = Readable.from(lines(), { objectMode: false, highWaterMark: 65_536 })
      body.on('close', () => gone.abort())
      sayIncomplete(reply, first)
      return reply
        .header('content-type', 'application/octet-stream')
        .header('content-disposition', 'attachment; filename=logs-export.csv')
        .send(body as never)
    },
  )
}
