import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Authenticated } from '../../../app/app.ts'
import { invalid } from '../../../core/fault.ts'
import { headerIssue, readRequestId } from '../envelope/headers.ts'
import { plainLicence } from '../service/operator-key.ts'
import type { ServiceParts } from '../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../service/shapes.ts'
import { sayExpiry, sayKey, sayLicence } from './say-licence.ts'
import { Check, Licence } from './shapes.ts'

/** Who asks, and the licence that was sent. */
interface Caller {
  readonly caller: Authenticated
  readonly licence: string
}

type Admit = (request: FastifyRequest) => Promise<Caller>

/** The three encrypted headers, as everywhere. */
const admitSealed =
  ({ envelope }: ServiceParts): Admit =>
  async (request) => {
    const opened = await envelope.open(request.headers)
    const caller = await envelope.admit(opened)
    return { caller, licence: opened.licence ?? '' }
  }

/** The plain headers of an internal network. */
const admitPlain =
  ({ context }: ServiceParts): Admit =>
  async (request) => {
    const empty = (name: string) => headerIssue(name, 'required', 'This header should not be empty')
    const licence = plainLicence(request.headers)
    const { requestid } = request.headers
    const rules = { now: context.now(), allowedTimeSpan: context.onekosmos.allowedTimeSpan }
    const read =
      typeof requestid === 'string' && requestid !== '' ? readRequestId(requestid, rules) : empty('requestid')
    const issues = [...(licence === undefined ? [empty('licensekey')] : []), ...('rule' in read ? [read] : [])]
    if (licence === undefined || issues.length > 0) throw invalid(issues)
    return { caller: await context.app.authenticate.licence(licence), licence }
  }

const mount = (parts: ServiceParts, prefix: string, admit: Admit, headers: object): void => {
  const { http, context } = parts
  const config = { costly: true }
  const current = {
    summary: 'The licence that is sent',
    description: 'What is kept of the licence in the headers.',
    tags: ['Licences'],
    ...headers,
    response: { 200: Licence, ...refusals(400, 401, 429, 503) },
  }
  http.get(`${prefix}/servicekey/current`, { schema: current, config }, async (request) => {
    const { caller, licence } = await admit(request)
    return sayLicence(caller, licence, context.now())
  })
  const check = {
    summary: 'Is the licence good for a community?',
    description: 'Whether the licence in the headers may be used for the community, and until when.',
    tags: ['Licences'],
    ...headers,
    params: Type.Object({ communityId: Type.String({ description: 'The id of the community' }) }),
    response: { 200: Check, ...refusals(400, 401, 429, 503) },
  }
  http.get(`${prefix}/community/:communityId/licensecheck`, { schema: check, config }, async (request) => {
    const { communityId } = request.params as { communityId: string }
    const { caller, licence } = await admit(request)
    const { isAuthorized, expiresAt } = await context.app.licences.check(caller, communityId)
    return { isAuthorized, ...sayKey(caller, licence), expiry: sayExpiry(expiresAt, context.now()), communityId }
  })
}

/** The checks that clients make before they talk to other services; their plain twins only where they are wanted. */
export const checkRoutes = (parts: ServiceParts): void => {
  mount(parts, '', admitSealed(parts), { security: sealed, headers: SealedHeaders })
  if (!parts.context.onekosmos.internalLicences) return
  const headers = Type.Object({
    licensekey: Type.String({ description: 'The licence key, in the clear' }),
    requestid: Type.String({ description: 'JSON text of appid, uuid and ts, in the clear' }),
  })
  mount(parts, '/u1', admitPlain(parts), { headers })
}
