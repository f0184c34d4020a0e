import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answered, App } from '../../../app/app.ts'
import type { Issue } from '../../../core/fault.ts'
import { and, type Filter } from '../../../core/filter.ts'
import type { Realm } from '../../../core/realm.ts'
import type { Report } from '../../../core/report.ts'
import { goneOf } from '../../../http/gone.ts'
import {
  type Download,
  type DownloadAsked,
  FILE_ROWS,
  isDownload,
  readDownload,
  requestDownload,
} from '../downloads/download.ts'
import { enterRealm } from '../enter.ts'
import { fieldsOf } from '../json-body.ts'
import { profileOf, rowsToSkip } from '../profile.ts'
import type { ServiceParts } from '../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../service/shapes.ts'
import { type Body, readPaging, readWindow } from './body.ts'
import { readNamedFilters } from './filters.ts'
import { readFilters } from './query.ts'
import type { Found, QueryRoute } from './query-route.ts'
import { QueryOrJob, queryBody, RealmPath } from './schemas.ts'

/** Words of a body that are no filters. */
const reserved: ReadonlySet<string> = new Set(['pSize', 'pIndex', 'from', 'to', 'query', 'download'])

const reportOf = (app: App, id: string): Report => {
  const report = app.reports.get(id)
  if (!report) throw new Error(`There is no report named ${id}`)
  return report
}

/** The caller's realm and a way to ask reports in it, once headers and body are found to be in order. */
export interface Admitted {
  readonly realm: Realm
  readonly ask: Found['ask']
  /** Set when the answer is wanted as a file. */
  readonly download: Download | undefined
  /** Puts a report's file on its way; answers the job's id. */
  readonly requestDownload: (report: string, asked: DownloadAsked) => Promise<string>
}

/**
 * Reads headers and body, says everything that is wrong with them at once, and lets the caller into the realm.
 * @throws Fault `invalid`, `unauthenticated`, `forbidden`, `unknown-realm`
 */
export const admit = async <T>(
  parts: ServiceParts,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  read: (body: Body, issues: Issue[]) => T,
): Promise<Admitted & { readonly asked: T }> => {
  const { app } = parts.context
  const opened = await parts.envelope.open(request.headers)
  const issues: Issue[] = []
  const body = fieldsOf(request, issues)
  const asked = read(body, issues)
  const download = readDownload(body, issues)
  const caller = await parts.envelope.admit(opened, issues)
  const { principal } = caller
  const path = request.params as { tenantId: string; communityId: string }
  const realm = await enterRealm(app, caller, path, ({ authLevel }) => authLevel === 'system')
  const signal = goneOf(reply)
  return {
    realm,
    asked,
    download,
    ask: (id, asked) => app.runReport(principal, realm, reportOf(app, id), { ...asked, signal }),
    requestDownload: (id, wanted) => requestDownload(app, principal, realm, reportOf(app, id), wanted),
  }
}

/** What a request for a file is answered: the job that makes it. */
export const sendJob = (reply: FastifyReply, jobId: string): FastifyReply =>
  sendText(reply, JSON.stringify({ jobId }), undefined)

/** Sends JSON text as it is; says so when acknowledged events were not searchable in time. */
export const sendText = (reply: FastifyReply, text: string, incomplete: Answered['incomplete']): FastifyReply => {
  if (incomplete) reply.header('Rollcall-Incomplete', 'true').header('Rollcall-Watermark', String(incomplete.watermark))
  return reply.type('application/json; charset=utf-8').send(text)
}

/** The reports' own order is newest first; oldest first turns every column of it around. */
const orderOf = (report: Report, first: 'oldest' | 'newest'): readonly string[] =>
  first === 'newest' ? report.order : report.order.map((name) => name.replace(/^-/, ''))

const readQuery = (parts: ServiceParts, route: QueryRoute) => (body: Body, issues: Issue[]) => {
  // A file is not paged: pIndex says where it starts.
  const paging = readPaging(isDownload(body.download) ? { ...body, pSize: undefined } : body, issues)
  const window = readWindow(body, { now: parts.context.now(), defaultFrom: route.from }, issues)
  const filters: Filter =
    route.filters === 'any' ? readFilters(body, reserved, issues) : readNamedFilters(body, route.filters, issues)
  return { paging, window, filter: route.only ? and(route.only, filters) : filters }
}

/** Mounts one query: what it says of itself is the route's declaration, everything else is here. */
export const serveQuery = (parts: ServiceParts, route: QueryRoute): void => {
  const profile = profileOf(parts.context)
  const read = readQuery(parts, route)
  const schema = {
    summary: route.summary,
    description: route.about,
    tags: ['Queries'],
    security: sealed,
    headers: SealedHeaders,
    params: RealmPath,
    body: queryBody(route.filters),
    response: { 200: QueryOrJob, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  parts.http.post(`/tenant/:tenantId/community/:communityId/${route.name}`, { schema }, async (request, reply) => {
    const { realm, ask, asked, download, requestDownload } = await admit(parts, { request, reply }, read)
    const { paging, window, filter } = asked
    const order = orderOf(reportOf(parts.context.app, route.report), profile.first[route.name])
    if (download) {
      const skip = rowsToSkip(profile, paging.pIndex, FILE_ROWS)
      return sendJob(
        reply,
        await requestDownload(route.report, { download, window, filter, order, skip, ...route.file }),
      )
    }
    const answered = await ask(route.report, {
      window,
      filter,
      order,
      page: { skip: rowsToSkip(profile, paging.pIndex, paging.pSize), size: paging.pSize },
      total: true,
      ...(route.with ? { with: route.with } : {}),
    })
    const page = JSON.stringify({ total: answered.total ?? 0, pSize: paging.pSize, pIndex: paging.pIndex })
    const data = await route.data({ rows: answered.rows, realm, profile, ask })
    return sendText(reply, `{"page":${page},"data":${data}}`, answered.incomplete)
  })
}
