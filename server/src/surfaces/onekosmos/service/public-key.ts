import { Type } from 'typebox'
import type { ServiceParts } from './service-parts.ts'

/** `GET /publickeys`, without a key. */
export const publicKeyRoute = ({ http, envelope }: ServiceParts): void => {
  const schema = {
    summary: 'Public key',
    description: "The service's public key, to which callers encrypt. Clients remember it for a day.",
    tags: ['Public Key'],
    response: {
      200: Type.Object(
        { publicKey: Type.String({ description: 'Base64 of the 64 bytes X and Y on secp256k1' }) },
        { description: 'The public key' },
      ),
    },
  }
  http.get('/publickeys', { schema }, async () => ({ publicKey: await envelope.publicKey() }))
}
