import type { Issue } from '../../../../core/fault.ts'
import { isDownload } from '../../downloads/download.ts'
import { bodyIssue, emptyField } from '../../json-body.ts'
import type { ServiceParts } from '../../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../../service/shapes.ts'
import { type Body, isObject } from '../body.ts'
import { HardwareTokensBody, JobMade, RealmPath } from '../schemas.ts'
import { admit, sendJob } from '../serve-query.ts'

const reports: Readonly<Record<string, string>> = {
  hardware_tokens: 'hardware-tokens',
  user_hardwaretokens: 'hardware-token-users',
}
const LONGEST_SEARCH = 512

const readType = (body: Body, issues: Issue[]): string => {
  const sent = body.reports_type
  const kinds = Object.keys(reports).join(' or ')
  if (sent === undefined || sent === null || sent === '') issues.push(emptyField('reports_type'))
  else if (typeof sent !== 'string' || !Object.hasOwn(reports, sent))
    issues.push(bodyIssue('reports_type', 'enum', `Field should be ${kinds}`))
  return String(sent)
}

const readSearch = (body: Body, issues: Issue[]): string => {
  const { query } = body
  if (query === undefined || query === null) return ''
  if (!isObject(query)) {
    issues.push(bodyIssue('query', 'type', 'Field should be an object'))
    return ''
  }
  for (const name of Object.keys(query))
    if (name !== 'searchStr')
      issues.push(bodyIssue(`query.${name}`, 'unknown', 'Field is not known; known is searchStr'))
  const { searchStr = '' } = query
  if (typeof searchStr !== 'string' || searchStr.length > LONGEST_SEARCH || !searchStr.isWellFormed())
    issues.push(bodyIssue('query.searchStr', 'type', `Field should be a text of at most ${LONGEST_SEARCH} characters`))
  return String(searchStr)
}

const read = (body: Body, issues: Issue[]) => {
  const asked = { type: readType(body, issues), search: readSearch(body, issues) }
  if (!isDownload(body.download)) issues.push(emptyField('download'))
  return asked
}

/** Mounts the export of hardware tokens, or of who has which: a file, and the id of the job that makes it. */
export const serveHardwareTokensExport = (parts: ServiceParts): void => {
  const schema = {
    summary: 'Hardware tokens, or who has which, as a file',
    description:
      '`reports_type` is hardware_tokens or user_hardwaretokens; `query.searchStr` is a part of the serial number, the type or the user.',
    tags: ['Downloads'],
    security: sealed,
    headers: SealedHeaders,
    params: RealmPath,
    body: HardwareTokensBody,
    response: { 201: JobMade, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  const path = '/tenant/:tenantId/community/:communityId/hardwaretokens_export'
  parts.http.post(path, { schema }, async (request, reply) => {
    const { asked, download, requestDownload } = await admit(parts, { request, reply }, read)
    const report = reports[asked.type]
    if (!download || !report) throw new Error('A download that is wanted was let through without its details')
    const jobId = await requestDownload(report, { download, params: { search: asked.search }, skip: 0 })
    return sendJob(reply.code(201), jobId)
  })
}
