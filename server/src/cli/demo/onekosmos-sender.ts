import { createCipheriv, createECDH, createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import type { RealmPath } from '../realm-name.ts'
import type { DemoEvent } from './day.ts'

const CURVE = 'secp256k1'
const IV_BYTES = 16

/** Base64 of IV (16 bytes), ciphertext and tag (16 bytes) by AES-256-GCM, as the 1Kosmos Events API reads it. */
const encrypt = (text: string, key: KeyObject): string => {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** A sender of the 1Kosmos Events API: its own key pair, the service's public key, and headers encrypted between them. */
export interface Sender extends AsyncDisposable {
  /** @throws Error with the service's words when it refuses the event */
  send(event: DemoEvent): Promise<void>
}

export const openSender = async (options: {
  readonly url: string
  readonly licence: string
  readonly realm: RealmPath
  readonly connections: number
}): Promise<Sender> => {
  const pool = new Pool(options.url, { connections: options.connections })
  const answer = await pool.request({ method: 'GET', path: '/events/publickeys' })
  const { publicKey } = (await answer.body.json()) as { publicKey: string }
  const own = createECDH(CURVE)
  // The wire has a point's 64 bytes; Node wants the byte 4, for "uncompressed", in front.
  const publickey = own.generateKeys().subarray(1).toString('base64')
  const point = Buffer.concat([Buffer.of(4), Buffer.from(publicKey, 'base64')])
  const shared = createSecretKey(own.computeSecret(point))
  const folder = `/events/tenant/${options.realm.tenantId}/community/${options.realm.communityId}/event`
  return {
    async send({ name, body }) {
      const requestid = { appid: 'com.acme.demo', uuid: randomUUID(), ts: Math.round(Date.now() / 1_000) }
      const told = await pool.request({
        method: 'PUT',
        path: `${folder}/${name}`,
        headers: {
          'content-type': 'application/json',
          publickey,
          licensekey: encrypt(options.licence, shared),
          requestid: encrypt(JSON.stringify(requestid), shared),
        },
        body: JSON.stringify({ data: encrypt(JSON.stringify(body), shared) }),
      })
      const text = await told.body.text()
      if (told.statusCode !== 200) throw new Error(`${name} was answered ${told.statusCode}: ${text}`)
    },
    async [Symbol.asyncDispose]() {
      await pool.close()
    },
  }
}
