import type { Issue } from '../../../../core/fault.ts'
import { emptyField } from '../../json-body.ts'
import type { ServiceParts } from '../../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../../service/shapes.ts'
import type { Body } from '../body.ts'
import { readText } from '../filters.ts'
import { fetchEvents } from '../say-events.ts'
import { LastSeenBody, LastSeenOrJob, RealmPath } from '../schemas.ts'
import { admit, sendJob, sendText } from '../serve-query.ts'

const names = ['user_id', 'device_id', 'person_id'] as const

/**
 * Reads who or what is looked for: at least one of user, device and person; with an event's name, user and device
 * (1Kosmos Reports v2.1). What is empty was not said.
 */
const readWho = (body: Body, issues: Issue[]): Record<(typeof names)[number] | 'event_name', string> => {
  const said = (name: string): boolean => body[name] !== undefined && body[name] !== ''
  const text = (name: string): string => (said(name) ? readText(name, body[name], issues) : undefined) ?? ''
  const [user_id, device_id, person_id] = [text('user_id'), text('device_id'), text('person_id')]
  const event_name = text('eventName')
  const required = said('eventName') ? (['user_id', 'device_id'] as const) : names.some(said) ? [] : names
  issues.push(...required.filter((name) => !said(name)).map(emptyField))
  return { user_id, device_id, person_id, event_name }
}

/** Mounts the query for the newest event of a user, a device or a person, over all of time. */
export const serveLastSeen = (parts: ServiceParts): void => {
  const schema = {
    summary: 'The newest event of a user, device or person',
    description:
      'Answers the newest event that has all the given fields, however old it is, or an empty list. At least one of ' +
      'user_id, device_id and person_id is needed; with eventName, user_id and device_id.',
    tags: ['Queries'],
    security: sealed,
    headers: SealedHeaders,
    params: RealmPath,
    body: LastSeenBody,
    response: { 200: LastSeenOrJob, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  parts.http.post('/tenant/:tenantId/community/:communityId/last_seen_report', { schema }, async (request, reply) => {
    const { realm, ask, asked, download, requestDownload } = await admit(parts, { request, reply }, readWho)
    if (download) return sendJob(reply, await requestDownload('last-seen', { download, params: asked, skip: 0 }))
    const seen = await ask('last-seen', { params: asked, page: { skip: 0, size: 1 }, total: false })
    const keys = seen.rows.map((row) => ({ ts: Number(row.event_ts), id: String(row.event_id) }))
    const found = await fetchEvents({ ask, realm }, keys)
    return sendText(reply, `{"data":[${found.join(',')}]}`, seen.incomplete)
  })
}
