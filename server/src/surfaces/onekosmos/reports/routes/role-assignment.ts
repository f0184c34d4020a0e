import type { Issue } from '../../../../core/fault.ts'
import { FILE_ROWS, isDownload } from '../../downloads/download.ts'
import { bodyIssue, emptyField } from '../../json-body.ts'
import { profileOf, rowsToSkip } from '../../profile.ts'
import type { ServiceParts } from '../../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../../service/shapes.ts'
import { type Body, readPaging } from '../body.ts'
import { QueryOrJob, RealmPath, RoleAssignmentBody } from '../schemas.ts'
import { admit, sendJob, sendText } from '../serve-query.ts'

const REPORT = 'role-assignments'
const MOST_ROLES = 1_000

const readNames = (body: Body, name: string, issues: Issue[]): readonly string[] => {
  const sent = body[name]
  if (sent === undefined || sent === null) return []
  const names = Array.isArray(sent) ? sent : [sent]
  if (names.length > MOST_ROLES) issues.push(bodyIssue(name, 'size', `Field should hold at most ${MOST_ROLES} texts`))
  else if (names.every((one) => typeof one === 'string' && one !== '' && one.isWellFormed())) return names
  else issues.push(bodyIssue(name, 'type', 'Field should be a list of texts'))
  return []
}

const readDataNow = (body: Body, issues: Issue[]): boolean => {
  const sent = body.data_now ?? false
  if (typeof sent !== 'boolean') issues.push(bodyIssue('data_now', 'type', 'Field should be true or false'))
  return sent === true
}

/** Reads which roles, and whether the rows are wanted at once; without them there must be a `download`. */
const read = (body: Body, issues: Issue[]) => {
  const dataNow = readDataNow(body, issues)
  if (!dataNow && !isDownload(body.download)) issues.push(emptyField('download'))
  return {
    dataNow,
    paging: readPaging(dataNow ? body : { ...body, pSize: undefined }, issues),
    params: { roles: readNames(body, 'roles', issues), role_ids: readNames(body, 'roleIds', issues) },
  }
}

/** Mounts the report of who has which role: its rows at once with `data_now`, else as a file. */
export const serveRoleAssignment = (parts: ServiceParts): void => {
  const profile = profileOf(parts.context)
  const schema = {
    summary: 'Who has which role, with the latest login',
    description:
      'All role assignments, or those of the given roles or role ids. With `data_now` they are answered at once, page by page; otherwise `download` makes a file of them.',
    tags: ['Queries'],
    security: sealed,
    headers: SealedHeaders,
    params: RealmPath,
    body: RoleAssignmentBody,
    response: { 200: QueryOrJob, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  parts.http.post('/tenant/:tenantId/community/:communityId/role_assignment', { schema }, async (request, reply) => {
    const { ask, asked, download, requestDownload } = await admit(parts, { request, reply }, read)
    const { dataNow, paging, params } = asked
    if (!dataNow && download) {
      const skip = rowsToSkip(profile, paging.pIndex, FILE_ROWS)
      return sendJob(reply, await requestDownload(REPORT, { download, params, skip }))
    }
    const skip = rowsToSkip(profile, paging.pIndex, paging.pSize)
    const answered = await ask(REPORT, { params, page: { skip, size: paging.pSize }, total: true })
    const page = { total: answered.total ?? 0, pSize: paging.pSize, pIndex: paging.pIndex }
    return sendText(reply, JSON.stringify({ page, data: answered.rows }), answered.incomplete)
  })
}
