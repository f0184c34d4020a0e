import { Type } from 'typebox'
import { emptyField } from '../json-body.ts'
import type { ServiceParts } from './service-parts.ts'
import { refusals, SealedHeaders, sealed } from './shapes.ts'

/** `GET /servicekeys` and `DELETE /servicekey/{keyId}`, for a licence of `system` level. */
export const serviceKeyRoutes = ({ http, context, envelope }: ServiceParts): void => {
  const { serviceKeys } = context.app
  const list = {
    summary: 'Service keys',
    description:
      "The service's key pairs, the current one first, encrypted: `data` opens to a JSON array of objects with type 'ecdsa', keyId (the public key), keySecret (the private key), disabled, and createdAt and retiredAt in milliseconds. Former keys are listed while they still decrypt.",
    tags: ['Service Key'],
    security: sealed,
    headers: SealedHeaders,
    response: {
      200: Type.Object(
        { data: Type.String({ description: 'The encrypted JSON array' }) },
        { description: 'The key pairs, encrypted' },
      ),
      ...refusals(400, 401, 403, 429, 503),
    },
  }
  http.get('/servicekeys', { schema: list }, async (request) => {
    const opened = await envelope.open(request.headers)
    const caller = await envelope.admit(opened)
    const keys = await serviceKeys.list(caller, envelope.service)
    const told = keys.map((key) => ({
      type: 'ecdsa',
      keyId: key.keyId,
      keySecret: Buffer.from(key.privateKey).toString('base64'),
      tag: envelope.service,
      disabled: key.retiredAt !== null,
      createdAt: key.createdAt,
      retiredAt: key.retiredAt,
    }))
    return { data: opened.channel?.encrypt(JSON.stringify(told)) ?? '' }
  })

  const reset = {
    summary: 'Reset a service key',
    description:
      'Replaces the current key pair by a new one. The former one still decrypts for a while, since clients remember public keys for a day.',
    tags: ['Service Key'],
    security: sealed,
    headers: SealedHeaders,
    params: Type.Object({ keyId: Type.String({ description: 'The keyId of the current key, URL-encoded' }) }),
    response: { 204: Type.Null({ description: 'Replaced' }), ...refusals(400, 401, 403, 404, 429, 503) },
  }
  http.delete('/servicekey/:keyId', { schema: reset }, async (request, reply) => {
    const opened = await envelope.open(request.headers)
    const { keyId } = request.params
    const caller = await envelope.admit(opened, keyId === '' ? [{ ...emptyField('keyId'), where: 'path' }] : [])
    await serviceKeys.reset(caller, envelope.service, keyId)
    return reply.code(204).send(null)
  })
}
