import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  randomUUID,
} from 'node:crypto'

/**
 * A client of the 1Kosmos services as their published libraries behave, written from their documents alone: it
 * shares no line with the server, so that both can be wrong only independently.
 */

/** A key pair as it travels: base64 of X and Y, and base64 of the scalar. */
export interface WirePair {
  readonly publicKey: string
  readonly privateKey: string
}

const url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

const publicParts = (publicKey: string): { x: string; y: string } => {
  const bytes = Buffer.from(publicKey, 'base64')
  return { x: url(bytes.subarray(0, 32)), y: url(bytes.subarray(32)) }
}

const publicObject = (publicKey: string): KeyObject =>
  createPublicKey({ key: { kty: 'EC', crv: 'secp256k1', ...publicParts(publicKey) }, format: 'jwk' })

const privateObject = (pair: WirePair): KeyObject => {
  const d = Buffer.alloc(32)
  const sent = Buffer.from(pair.privateKey, 'base64')
  sent.subarray(Math.max(0, sent.length - 32)).copy(d, 32 - Math.min(32, sent.length))
  const jwk: JsonWebKey = { kty: 'EC', crv: 'secp256k1', d: url(d), ...publicParts(pair.publicKey) }
  return createPrivateKey({ key: jwk, format: 'jwk' })
}

/** A new key pair. */
export const newPair = (): WirePair => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const jwk = privateKey.export({ format: 'jwk' })
  const part = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')
  return {
    publicKey: Buffer.concat([part(jwk.x), part(jwk.y)]).toString('base64'),
    privateKey: part(jwk.d).toString('base64'),
  }
}

/** The shared AES key of a pair with the other side's public key. */
export const sharedKey = (pair: WirePair, theirs: string): Buffer =>
  diffieHellman({ privateKey: privateObject(pair), publicKey: publicObject(theirs) })

/** Base64 of IV, ciphertext and tag. */
export const seal = (shared: Uint8Array, plain: string, iv: Uint8Array = randomBytes(16)): string => {
  const aes = createCipheriv('aes-256-gcm', shared, iv)
  const body = aes.update(plain, 'utf8')
  aes.final()
  return Buffer.concat([iv, body, aes.getAuthTag()]).toString('base64')
}

/** Reads what `seal` of the other side made; throws when it was not made for this key. */
export const unseal = (shared: Uint8Array, sealed: string): string => {
  const bytes = Buffer.from(sealed, 'base64')
  const aes = createDecipheriv('aes-256-gcm', shared, bytes.subarray(0, 16))
  aes.setAuthTag(bytes.subarray(-16))
  const body = aes.update(bytes.subarray(16, -16))
  aes.final()
  return body.toString('utf8')
}

export interface ClientOptions {
  /** Where the service stands, `http://127.0.0.1:8484/events` for instance. */
  readonly service: string
  readonly licence: string
  readonly pair?: WirePair
  /** Epoch milliseconds; the clock when absent. */
  readonly now?: () => number
}

/** What came back. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown
}

const readReply = async (response: Response): Promise<Reply> => {
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: response.status, headers: response.headers, text, json }
}

/** Sends one plain request. */
export const send = async (method: string, address: string, init: RequestInit = {}): Promise<Reply> =>
  readReply(await fetch(address, { method, ...init }))

/** Who talks to one service: a key pair, a licence and the service's public key. */
export interface Client {
  readonly pair: WirePair
  readonly shared: Uint8Array
  readonly serviceKey: string
  /** The three headers, and `content-type`; what is given replaces them, undefined leaves one out. */
  headers(change?: Readonly<Record<string, string | undefined>>): Record<string, string>
  seal(plain: string): string
  unseal(sealed: string): string
  /** A request with the three headers; an object becomes JSON. */
  call(
    method: string,
    path: string,
    body?: unknown,
    change?: Readonly<Record<string, string | undefined>>,
  ): Promise<Reply>
  /** Sends an event as the libraries do, its JSON encrypted in `data`. */
  putEvent(realm: { tenantId: string; communityId: string }, eventName: string, event: unknown): Promise<Reply>
}

/** The address of an event, its parts encoded. */
export const eventPath = (realm: { tenantId: string; communityId: string }, eventName: string): string =>
  `/tenant/${encodeURIComponent(realm.tenantId)}/community/${encodeURIComponent(realm.communityId)}/event/${encodeURIComponent(eventName)}`

/** Asks the service for its public key and makes a client of it. */
export const connect = async (options: ClientOptions): Promise<Client> => {
  const answered = await send('GET', `${options.service}/publickeys`)
  const serviceKey = (answered.json as { publicKey: string }).publicKey
  const pair = options.pair ?? newPair()
  const shared = sharedKey(pair, serviceKey)
  const now = options.now ?? Date.now
  const headers: Client['headers'] = (change = {}) => {
    const requestId = { ts: Math.floor(now() / 1000), appid: 'com.example.client', uuid: randomUUID() }
    const all: Record<string, string | undefined> = {
      'content-type': 'application/json',
      charset: 'utf-8',
      licensekey: seal(shared, options.licence),
      requestid: seal(shared, JSON.stringify(requestId)),
      publickey: pair.publicKey,
      ...change,
    }
    return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
  }
  const call: Client['call'] = (method, path, body, change) => {
    const named = body === undefined ? { 'content-type': undefined, ...change } : change
    return send(method, `${options.service}${path}`, {
      headers: headers(named),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  }
  return {
    pair,
    shared,
    serviceKey,
    headers,
    call,
    seal: (plain) => seal(shared, plain),
    unseal: (sealed) => unseal(shared, sealed),
    putEvent: (realm, eventName, event) =>
      call('PUT', eventPath(realm, eventName), {
        data: seal(shared, typeof event === 'string' ? event : JSON.stringify(event)),
      }),
  }
}
