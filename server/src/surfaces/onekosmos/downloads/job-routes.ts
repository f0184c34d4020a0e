import { Type } from 'typebox'
import { type Issue, invalid } from '../../../core/fault.ts'
import { enterRealm } from '../enter.ts'
import { headerIssue } from '../envelope/headers.ts'
import { RealmPath } from '../reports/schemas.ts'
import type { ServiceParts } from '../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../service/shapes.ts'
import { checkJob, checkReport, openJob, timeOf } from './read-job.ts'
import { Done, JobBody } from './schemas.ts'

const tags = ['Jobs']
const JobPath = Type.Object({ ...RealmPath.properties, jobId: Type.String({ description: 'The job' }) })

/** `POST job` and `PATCH job/{jobId}`: jobs that another worker does, and what it says of them. */
export const jobRoutes = ({ http, context, envelope }: ServiceParts): void => {
  const { app, onekosmos } = context
  const create = {
    summary: 'Create a job that another worker does',
    description: 'Kept as it is said, and listed with the downloads; this server does not work on it.',
    tags,
    security: sealed,
    headers: SealedHeaders,
    params: RealmPath,
    body: JobBody,
    response: { 200: Done, ...refusals(400, 401, 403, 413, 429, 503) },
  }
  http.post('/tenant/:tenantId/community/:communityId/job', { schema: create }, async (request) => {
    const opened = await envelope.open(request.headers)
    const issues: Issue[] = []
    const job = openJob(request, opened.channel, onekosmos.plain, issues)
    if (issues.length === 0 && opened.channel) checkJob(job, request.params, issues)
    const caller = await envelope.admit(opened, issues)
    const realm = await enterRealm(app, caller, request.params, () => false)
    await app.jobs.keep(caller.principal, realm, {
      id: String(job.jobId),
      status: String(job.status),
      requestedBy: String(job.requestedBy),
      payload: job,
      createdAt: timeOf(job.createdAt) ?? context.now(),
      finishedAt: timeOf(job.completedAt),
      bytes: typeof job.size === 'number' && job.size > 0 ? job.size : null,
    })
    return { status: 'OK' }
  })

  const update = {
    summary: 'Say anew how a job stands',
    description: 'For the worker that does it, with its key in `apikey`.',
    tags,
    headers: Type.Object({
      apikey: Type.String({ description: 'The worker’s key' }),
      publickey: Type.Optional(Type.String({ description: 'Needed only when `data` is encrypted' })),
    }),
    params: JobPath,
    body: JobBody,
    response: { 200: Done, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  http.patch('/tenant/:tenantId/community/:communityId/job/:jobId', { schema: update }, async (request) => {
    const { headers } = request
    const issues: Issue[] = []
    const sentKey = Array.isArray(headers.apikey) ? headers.apikey[0] : headers.apikey
    if (!sentKey?.trim()) issues.push(headerIssue('apikey', 'required', 'This header should not be empty'))
    const opened = headers.publickey === undefined ? undefined : await envelope.open(headers)
    if (opened) issues.push(...opened.issues.filter(({ name }) => name === 'publickey'))
    const before = issues.length
    const said: Issue[] = []
    const job = openJob(request, opened?.channel, onekosmos.plain, said)
    const sealedWithoutKey = !opened && typeof (request.body as { data?: unknown } | null)?.data === 'string'
    if (sealedWithoutKey)
      issues.push(
        headerIssue(
          'publickey',
          'required',
          'This header is needed to decrypt data; send data in the clear without it',
        ),
      )
    else if (said.length === 0 && issues.length === before) checkReport(job, said)
    issues.push(...said)
    if (issues.length > 0) throw invalid(issues)
    const { tenantId, communityId, jobId } = request.params
    await app.jobs.report(sentKey ?? '', { tenantId, communityId }, jobId, {
      status: String(job.status),
      ...(typeof job.downloadLink === 'string' ? { downloadLink: job.downloadLink } : {}),
      ...(typeof job.completedAt === 'number' ? { finishedAt: timeOf(job.completedAt) } : {}),
      ...(typeof job.size === 'number' ? { bytes: job.size } : {}),
    })
    return { status: 'OK' }
  })
}
