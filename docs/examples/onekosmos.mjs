// One call of a 1Kosmos service of Rollcall, with its three encrypted headers. Needs nothing but Node 20 or newer.
//
//   export LICENCE=<licence key>      # rollcall key create --kind license ...
//   export SERVER=http://127.0.0.1:8484
//   node docs/examples/onekosmos.mjs PUT /events/tenant/globex/community/main/event/E_LOGIN_SUCCEEDED '{"type":"event"}'
//   node docs/examples/onekosmos.mjs POST /reports/tenant/globex/community/main/events '{"pSize":10}'
import { createCipheriv, createDecipheriv, createECDH, randomBytes, randomUUID } from 'node:crypto'

const [method = 'GET', path = '/', body] = process.argv.slice(2)
const { LICENCE = '', SERVER = 'http://127.0.0.1:8484' } = process.env

const stop = (sentence) => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
const reach = (address, asked) =>
  fetch(address, asked).catch(({ message, cause }) =>
    stop(`No server answers at ${SERVER} (${cause?.message ?? message}). Start one with "npm start", or set SERVER.`),
  )

// Each service has a key pair of its own; the first part of the path says which service it is.
const [, service] = path.split('/')
const keys = await reach(`${SERVER}/${service}/publickeys`)
if (!keys.ok)
  stop(
    `There is no service at ${path} (it answered ${keys.status}). Begin the path with /events, /reports or /licenses.`,
  )
const { publicKey } = await keys.json()

// On the wire a point is its 64 bytes X and Y; Node wants the byte 4, for "uncompressed", in front of them.
const ecdh = createECDH('secp256k1')
const publickey = ecdh.generateKeys().subarray(1).toString('base64')
const shared = ecdh.computeSecret(Buffer.concat([Buffer.of(4), Buffer.from(publicKey, 'base64')]))

/** Base64 of IV (16 bytes), ciphertext and tag (16 bytes) by AES-256-GCM. */
const seal = (text) => {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-256-gcm', shared, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

const open = (text) => {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', shared, bytes.subarray(0, 16))
  decipher.setAuthTag(bytes.subarray(-16))
  return decipher.update(bytes.subarray(16, -16), undefined, 'utf8') + decipher.final('utf8')
}

// Events travel encrypted, in `data`; the bodies of questions are plain.
const sent = body !== undefined && path.includes('/event/') ? JSON.stringify({ data: seal(body) }) : body
const answer = await reach(`${SERVER}${path}`, {
  method,
  headers: {
    publickey,
    licensekey: seal(LICENCE),
    requestid: seal(JSON.stringify({ appid: 'my.app', uuid: randomUUID(), ts: Math.floor(Date.now() / 1000) })),
    ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
  },
  ...(sent === undefined ? {} : { body: sent }),
})
const text = await answer.text()
const data = path.endsWith('/servicekeys') && answer.ok ? open(JSON.parse(text).data) : text
process.stdout.write(`${answer.status} ${data}\n`)
