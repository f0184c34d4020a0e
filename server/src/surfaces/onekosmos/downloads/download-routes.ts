import { Type } from 'typebox'
import { Fault, type Issue, isFault } from '../../../core/fault.ts'
import { enterRealm } from '../enter.ts'
import { bodyIssue, fieldsOf } from '../json-body.ts'
import { profileOf, rowsToSkip } from '../profile.ts'
import { type Body, isObject, readPaging } from '../reports/body.ts'
import { RealmPath } from '../reports/schemas.ts'
import { plainLicence } from '../service/operator-key.ts'
import type { ServiceParts } from '../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../service/shapes.ts'
import { sayJob, statusOf, toldOf } from './say-job.ts'
import { CancelAnswer, JobsAnswer, JobsBody } from './schemas.ts'

const tags = ['Downloads']
const kinds = ['export', 'external'] as const
const DEFAULT_SIZE = 10
const MOST_FIELDS = 6

/** What a list of jobs can be sorted by: the dialect's names, and ours. */
const fields = {
  jobId: 'id',
  createdAt: 'createdAt',
  completedAt: 'finishedAt',
  status: 'status',
  requestedBy: 'requestedBy',
  size: 'bytes',
} as const
type SortBy = { readonly by: (typeof fields)[keyof typeof fields]; readonly descends: boolean }

const isField = (name: unknown): name is keyof typeof fields => typeof name === 'string' && Object.hasOwn(fields, name)

const readSort = (body: Body, issues: Issue[]): readonly SortBy[] => {
  const { sort } = body
  if (sort === undefined || sort === null) return []
  const refuse = (): readonly SortBy[] => {
    const names = Object.keys(fields).join(', ')
    issues.push(bodyIssue('sort', 'format', `Field should be a list of {field, order}: ${names}; asc or desc`))
    return []
  }
  if (!Array.isArray(sort) || sort.length > MOST_FIELDS) return refuse()
  const read: SortBy[] = []
  for (const one of sort as readonly unknown[]) {
    if (!isObject(one) || !isField(one.field)) return refuse()
    const order = one.order ?? 'asc'
    if (order !== 'asc' && order !== 'desc') return refuse()
    read.push({ by: fields[one.field], descends: order === 'desc' })
  }
  return read
}

/** `POST download/jobs`, `PATCH download/job/{jobId}` and `DELETE download/cleanup`. */
export const downloadRoutes = ({ http, context, envelope }: ServiceParts): void => {
  const { app } = context
  const profile = profileOf(context)
  const list = {
    summary: 'Download jobs of the community',
    description: 'Every job that makes a file, sorted and paged; the newest first unless asked otherwise.',
    tags,
    security: sealed,
    headers: SealedHeaders,
    params: RealmPath,
    body: JobsBody,
    response: { 200: JobsAnswer, ...refusals(400, 401, 403, 413, 429, 503) },
  }
  http.post('/tenant/:tenantId/community/:communityId/download/jobs', { schema: list }, async (request) => {
    const opened = await envelope.open(request.headers)
    const issues: Issue[] = []
    const body = fieldsOf(request, issues)
    const order = readSort(body, issues)
    const { pSize, pIndex } = readPaging({ ...body, pSize: body.pSize ?? DEFAULT_SIZE }, issues)
    const caller = await envelope.admit(opened, issues)
    const realm = await enterRealm(app, caller, request.params, () => false)
    const skip = rowsToSkip(profile, pIndex, pSize)
    const { jobs, total } = await app.jobs.list(caller.principal, realm, { kinds, order, skip, size: pSize })
    return { page: { total, pSize, pIndex }, data: jobs.map((job) => sayJob(app, job)) }
  })

  const cancel = {
    summary: 'Cancel a download job',
    description: 'Its query is stopped. A job that has ended is 403.',
    tags,
    security: sealed,
    headers: SealedHeaders,
    params: Type.Object({ ...RealmPath.properties, jobId: Type.String({ description: 'The job' }) }),
    response: { 200: CancelAnswer, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  http.patch('/tenant/:tenantId/community/:communityId/download/job/:jobId', { schema: cancel }, async (request) => {
    const caller = await envelope.admit(await envelope.open(request.headers))
    const realm = await enterRealm(app, caller, request.params, ({ authLevel }) => authLevel === 'system')
    try {
      const job = await app.jobs.cancel(caller.principal, realm, request.params.jobId)
      return { createdAt: job.createdAt, status: statusOf(job), sendNotificationTo: [...toldOf(job)] }
    } catch (error) {
      if (!isFault(error, 'conflict')) throw error
      throw new Fault('forbidden', { reason: 'permission', need: 'a job that has not ended' }, error.message)
    }
  })

  const cleanup = {
    summary: 'Remove files and jobs past their retention',
    description: 'Done by itself every hour, too. Needs the infra key, in the clear.',
    tags,
    headers: Type.Object({ licensekey: Type.String({ description: 'The infra key, in the clear' }) }),
    response: { 204: Type.Null({ description: 'Removed' }), ...refusals(403, 429, 503) },
  }
  const isInfra = async (licence: string): Promise<boolean> => {
    try {
      return (await app.authenticate.licence(licence)).record === null
    } catch (error) {
      if (isFault(error, 'unauthenticated')) return false
      throw error
    }
  }
  http.delete('/download/cleanup', { schema: cleanup }, async (request, reply) => {
    const licence = plainLicence(request.headers)
    if (licence === undefined || !(await isInfra(licence)))
      throw new Fault('forbidden', { reason: 'level', need: 'infra' }, 'This needs the infra key, in the clear')
    await app.jobs.cleanUp()
    return reply.code(204).send(null)
  })
}
