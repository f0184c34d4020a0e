import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Issue, invalid } from '../../../core/fault.ts'
import { emptyField } from '../json-body.ts'
import type { ServiceParts } from '../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../service/shapes.ts'
import { readFields, readGrant, readLicence } from './read-licence.ts'
import { sayExpiry, sayLicence } from './say-licence.ts'
import { Authorisation, Licence, NewLicence } from './shapes.ts'

const described = { tags: ['Licence management'], security: sealed, headers: SealedHeaders }
const done = Type.Null({ description: 'Done' })

/** What manages licences; all of it for a licence of `system` level, and nobody gives more than they have. */
export const manageRoutes = (parts: ServiceParts): void => {
  const { http, context, envelope } = parts
  const { app, onekosmos } = context

  /** Reads headers and body, and says everything that is wrong with them at once. */
  const admit = async <T>(
    request: FastifyRequest,
    read: (fields: Readonly<Record<string, unknown>>, issues: Issue[]) => T | undefined,
  ) => {
    const opened = await envelope.open(request.headers)
    const issues: Issue[] = []
    const fields = readFields(request.sentJson, opened.channel, onekosmos.plain, issues)
    const asked = issues.length > 0 ? undefined : read(fields, issues)
    const caller = await envelope.admit(opened, issues)
    if (asked === undefined) throw invalid(issues)
    return { caller, asked, fields }
  }

  const put = {
    ...described,
    summary: 'Create or change a licence',
    description:
      'Keeps a licence under its keyId. One that is there already, with the same secret and tag, is changed. It is good for no community until it is authorised, unless its level is system.',
    body: NewLicence,
    response: { 200: Licence, ...refusals(400, 401, 403, 413, 429, 503) },
  }
  http.put('/servicekey', { schema: put }, async (request) => {
    const { caller, asked } = await admit(request, readLicence)
    const record = await app.licences.put(caller, asked)
    return sayLicence(
      { principal: caller.principal, record, authLevel: record.authLevel },
      asked.keySecret,
      context.now(),
    )
  })

  const authorise = {
    ...described,
    summary: 'Authorise a licence for a community',
    description: 'Makes a licence good for a community, or with isAuthorized false says that it is not.',
    body: Authorisation,
    response: { 200: Authorisation, ...refusals(400, 401, 403, 404, 413, 429, 503) },
  }
  http.put('/community/servicekey', { schema: authorise }, async (request) => {
    const { caller, asked, fields } = await admit(request, readGrant)
    await app.licences.authorise(caller, asked)
    const { communityName } = fields
    return {
      keyTag: asked.keyTag,
      communityId: asked.communityId,
      ...(typeof communityName === 'string' ? { communityName } : {}),
      isAuthorized: asked.isAuthorized,
      expiry: sayExpiry(asked.expiry ?? null, context.now()),
    }
  })

  const remove = {
    ...described,
    summary: 'Delete a licence',
    description: 'The licence and all its authorisations are gone at once.',
    querystring: Type.Object({ keyId: Type.String({ description: 'The keyId of the licence' }) }),
    response: { 204: done, ...refusals(400, 401, 403, 404, 429, 503) },
  }
  http.delete('/servicekey', { schema: remove }, async (request, reply) => {
    const opened = await envelope.open(request.headers)
    const keyId: unknown = request.query.keyId
    const good = typeof keyId === 'string' && keyId !== ''
    const caller = await envelope.admit(opened, good ? [] : [{ ...emptyField('keyId'), where: 'query' }])
    await app.licences.removeByKeyId(caller, String(keyId))
    return reply.code(204).send(null)
  })

  const deauthorise = {
    ...described,
    summary: 'Withdraw a licence from a community',
    description: 'The licence stays, and is not good for the community any more.',
    params: Type.Object({
      communityId: Type.String({ description: 'The id of the community' }),
      tag: Type.String({ description: 'The tag of the licence' }),
    }),
    response: { 204: done, ...refusals(400, 401, 403, 404, 429, 503) },
  }
  http.delete('/community/:communityId/servicekey/:tag', { schema: deauthorise }, async (request, reply) => {
    const { communityId, tag } = request.params
    const caller = await envelope.admit(await envelope.open(request.headers))
    await app.licences.deauthorise(caller, communityId, tag)
    return reply.code(204).send(null)
  })
}
