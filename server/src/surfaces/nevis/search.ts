import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answered } from '../../app/app.ts'
import type { Filter } from '../../core/filter.ts'
import type { Cursor } from '../../core/page.ts'
import type { Report } from '../../core/report.ts'
import type { Window } from '../../core/window.ts'
import type { Http, SurfaceContext } from '../../http/surface.ts'
import type { Caller } from './auth.ts'
import { voiceColumns } from './voice.ts'

/** What every route file is given. */
export interface RouteParts {
  readonly http: Http
  readonly context: SurfaceContext
  readonly callerOf: (request: FastifyRequest) => Caller
}

/** Newest first; the id decides among those of one instant. */
const newest = ['-event_ts', '-event_id']

/** Asks the report of all events for those that a filter finds, newest first, with what their form needs. */
export const searchEvents = async (
  { context }: RouteParts,
  caller: Caller,
  asked: {
    readonly window: Window
    readonly filter: Filter
    readonly page: { readonly skip: number; readonly size: number }
    readonly after?: Cursor
    readonly total: boolean
    readonly signal?: AbortSignal
  },
): Promise<Answered> => {
  const report = context.app.reports.get('event-search') as Report
  return await context.app.runReport(caller.principal, caller.realm, report, {
    ...asked,
    order: newest,
    ...(asked.page.size > 0 ? { with: voiceColumns } : {}),
  })
}

/** Says in headers that acknowledged events were not searchable in time, and up to which number they were. */
export const sayIncomplete = (reply: { header: FastifyReply['header'] }, { incomplete }: Answered): void => {
  if (!incomplete) return
  reply.header('rollcall-incomplete', 'true')
  reply.header('rollcall-watermark', String(incomplete.watermark))
}
