import type { Issue } from '../../../../core/fault.ts'
import { startOfUtcDay } from '../../../../core/window.ts'
import { isDownload } from '../../downloads/download.ts'
import { bodyIssue, emptyField } from '../../json-body.ts'
import type { ServiceParts } from '../../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../../service/shapes.ts'
import { type Body, isObject, thirtyDays } from '../body.ts'
import { JobMade, RealmPath, VerificationSessionsBody } from '../schemas.ts'
import { admit, sendJob } from '../serve-query.ts'
import { readTime } from '../times.ts'

const REPORT = 'verification-sessions'
const LONGEST = 512

const statuses = [
  'COMPLETED_PASS',
  'COMPLETED_FAILED',
  'COMPLETED_NOT_PERFORMED',
  'PENDING',
  'EXPIRED',
  'INPROGRESS',
  'DECLINED',
  'COMPLETED',
  'ABANDONED',
  'CANCELLED',
] as const
const documents = ['dl_object', 'ppt_object', 'idcard_object'] as const

const known = ['id', 'status', 'documentType', 'name', 'startDate', 'endDate']

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/** Reads `query`: every field may be left out, and all that is there must hold; dates are included, in UTC. */
const readQuery = (body: Body, now: number, issues: Issue[]) => {
  const query = isEmpty(body.query) ? {} : body.query
  if (!isObject(query)) {
    issues.push(bodyIssue('query', 'type', 'Field should be an object'))
    return undefined
  }
  for (const name of Object.keys(query))
    if (!known.includes(name))
      issues.push(bodyIssue(`query.${name}`, 'unknown', `Field is not known; known are ${known.join(', ')}`))
  const text = (name: string): string => {
    const value = query[name]
    if (isEmpty(value)) return ''
    if (typeof value === 'string' && value.length <= LONGEST && value.isWellFormed()) return value
    issues.push(bodyIssue(`query.${name}`, 'type', `Field should be a text of at most ${LONGEST} characters`))
    return ''
  }
  const oneOf = (name: string, words: readonly string[]): string => {
    const value = text(name)
    if (value !== '' && !words.includes(value))
      issues.push(bodyIssue(`query.${name}`, 'enum', `Field should be one of ${words.join(', ')}`))
    return value
  }
  const date = (name: string, otherwise: number): number => {
    if (isEmpty(query[name])) return otherwise
    const at = readTime(query[name])
    if (at === undefined)
      issues.push(bodyIssue(`query.${name}`, 'format', "Field should be a date: 'YYYY-MM-DD HH:mm:ss.SSS'"))
    return at ?? otherwise
  }
  const end = date('endDate', now)
  const start = date('startDate', thirtyDays(startOfUtcDay(Math.min(now, end))))
  if (end < start) issues.push(bodyIssue('query.endDate', 'range', "Date 'endDate' must not be before 'startDate'"))
  return {
    id: text('id'),
    status: oneOf('status', statuses),
    document_type: oneOf('documentType', documents),
    name: text('name'),
    start,
    end,
    now,
  }
}

/** Mounts the export of verification sessions: a file, and the id of the job that makes it. */
export const serveVerificationSessionsReport = (parts: ServiceParts): void => {
  const read = (body: Body, issues: Issue[]) => {
    const params = readQuery(body, parts.context.now(), issues)
    if (!isDownload(body.download)) issues.push(emptyField('download'))
    return params
  }
  const schema = {
    summary: 'Sessions of identity verification as a file',
    description:
      'Sessions created between `query.startDate` and `query.endDate`, both included, the last 30 days when left out; narrowed by id, status, documentType and a part of the user’s names.',
    tags: ['Downloads'],
    security: sealed,
    headers: SealedHeaders,
    params: RealmPath,
    body: VerificationSessionsBody,
    response: { 201: JobMade, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  const path = '/tenant/:tenantId/community/:communityId/verification_sessions_report'
  parts.http.post(path, { schema }, async (request, reply) => {
    const { asked, download, requestDownload } = await admit(parts, { request, reply }, read)
    if (!download || !asked) throw new Error('A download that is wanted was let through without its details')
    return sendJob(reply.code(201), await requestDownload(REPORT, { download, params: asked, skip: 0 }))
  })
}
