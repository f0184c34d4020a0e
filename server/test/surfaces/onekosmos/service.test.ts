import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { infraKey, startWorld, type World } from '../../world.ts'
import { type Client, connect, newPair, type Reply, seal, send, sharedKey, unseal } from './client.ts'

const services = ['events', 'reports', 'licenses'] as const

let world: World
let system: string
let low: string

beforeAll(async () => {
  world = await startWorld({ ROLLCALL_ONEKOSMOS_DIRECTORY: '{"adminconsole":"https://console.example.com"}' })
  system = await world.licence(undefined, 'system')
  low = await world.licence(await world.realm(), 'community')
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const as = (service: string, licence: string): Promise<Client> =>
  connect({ service: `${world.url}/${service}`, licence })
const plain = (path: string, headers: Record<string, string> = {}): Promise<Reply> =>
  send('GET', `${world.url}${path}`, { headers })
const params = (reply: Reply): string[] =>
  (reply.json as { errors: { param: string }[] }).errors.map(({ param }) => param)

interface ListedKey {
  readonly type: string
  readonly keyId: string
  readonly keySecret: string
  readonly retiredAt: number | null
}
const listKeys = async (client: Client): Promise<ListedKey[]> => {
  const reply = await client.call('GET', '/servicekeys')
  return JSON.parse(client.unseal((reply.json as { data: string }).data))
}

describe('every service', () => {
  it('tells its own public key to everybody', async () => {
    const keys = await Promise.all(services.map(async (service) => (await plain(`/${service}/publickeys`)).json))
    const told = keys.map((key) => (key as { publicKey: string }).publicKey)
    expect(new Set(told).size).toBe(services.length)
    for (const key of told) expect(Buffer.from(key, 'base64').length).toBe(64)
  })

  it.each(services)('%s lists its keys, encrypted, for a system licence alone', async (service) => {
    const client = await as(service, system)
    const [key] = await listKeys(client)
    expect(key).toMatchObject({ type: 'ecdsa', keyId: client.serviceKey, retiredAt: null })
    const told = { publicKey: key?.keyId ?? '', privateKey: key?.keySecret ?? '' }
    const other = newPair()
    expect(sharedKey(told, other.publicKey)).toEqual(sharedKey(other, told.publicKey))
    expect((Buffer.from(told.privateKey, 'base64')[0] ?? 255) < 128).toBe(true)
    for (const licence of [low, infraKey])
      expect((await (await as(service, licence)).call('GET', '/servicekeys')).status).toBe(403)
  })

  it('replaces its key on demand, and still understands the former one', async () => {
    const before = await as('events', system)
    const path = `/servicekey/${encodeURIComponent(before.serviceKey)}`
    expect((await (await as('events', low)).call('DELETE', path)).status).toBe(403)
    const reset = await before.call('DELETE', path)
    expect([reset.status, reset.text]).toEqual([204, ''])
    const after = await as('events', system)
    expect(after.serviceKey).not.toBe(before.serviceKey)
    const listed = await listKeys(before)
    expect(listed.map((key) => key.keyId)).toEqual([after.serviceKey, before.serviceKey])
    expect(await listKeys(after)).toEqual(listed)
    expect((await before.call('DELETE', path)).status).toBe(404)
    expect((await before.call('DELETE', '/servicekey/none')).status).toBe(404)
  })

  it('understands a replaced key for 24 hours, and no longer', async () => {
    let later = 0
    const now = () => Date.now() + later
    await using world = await startWorld({}, { now })
    const licence = await world.licence(undefined, 'system')
    const before = await connect({ service: `${world.url}/events`, licence, now })
    const path = `/servicekey/${encodeURIComponent(before.serviceKey)}`
    expect((await before.call('DELETE', path)).status).toBe(204)
    const hour = 3_600_000
    later = 24 * hour - 60_000
    expect((await listKeys(before)).map((key) => key.retiredAt === null)).toEqual([true, false])
    later = 24 * hour + 60_000
    const refused = await before.call('GET', '/servicekeys')
    expect([refused.status, params(refused)]).toEqual([401, ['licensekey', 'requestid']])
    const after = await connect({ service: `${world.url}/events`, licence, now })
    expect((await listKeys(after)).map((key) => key.keyId)).toEqual([after.serviceKey])
  })

  it('forgets a replaced key at once when there is no grace', async () => {
    await using strict = await startWorld({ ROLLCALL_SERVICE_KEY_GRACE_HOURS: '0' })
    const licence = await strict.licence(undefined, 'system')
    const client = await connect({ service: `${strict.url}/events`, licence })
    expect((await client.call('DELETE', `/servicekey/${encodeURIComponent(client.serviceKey)}`)).status).toBe(204)
    const refused = await client.call('GET', '/servicekeys')
    expect([refused.status, params(refused)]).toEqual([401, ['licensekey', 'requestid']])
  })

  it('keeps its keys over a restart', async () => {
    const before = await as('reports', system)
    await world.restart()
    const after = await as('reports', system)
    expect(after.serviceKey).toBe(before.serviceKey)
  })

  it.each(services)('%s says that it is well, with its key and version', async (service) => {
    const reply = await plain(`/${service}/healthz`)
    const { publicKey } = (await plain(`/${service}/publickeys`)).json as { publicKey: string }
    expect(reply.status).toBe(200)
    expect(reply.json).toEqual({
      status: 'all services operational',
      publicKey,
      code: '200',
      version: expect.stringMatching(/^.+\.\d+$/),
    })
  })

  it('names the part that does not answer, with 503, and is well again afterwards', async () => {
    await using frozen = await startWorld()
    const pid = frozen.rollcall.enginePid()
    if (pid === undefined) throw new Error('The world runs without an engine of its own')
    process.kill(pid, 'SIGSTOP')
    // The system may take a moment to stop every thread of the engine.
    let reply = await send('GET', `${frozen.url}/events/healthz`)
    for (let tries = 0; reply.status === 200 && tries < 20; tries++)
      reply = await send('GET', `${frozen.url}/events/healthz`)
    process.kill(pid, 'SIGCONT')
    expect(reply.status).toBe(503)
    expect(reply.json).toMatchObject({
      status: 'not operational: event store',
      code: '503',
      publicKey: expect.stringMatching(/==$/),
    })
    await expect
      .poll(async () => (await send('GET', `${frozen.url}/events/healthz`)).status, { timeout: 10_000 })
      .toBe(200)
  })

  it('gives a synthetic heartbeat an id for an operator’s licence alone', async () => {
    const beat = { 'synthetic-heartbeat': 'yes' }
    for (const licensekey of [system, infraKey])
      expect((await plain('/events/healthz', { ...beat, licensekey })).json).toMatchObject({
        syntheticheartbeatId: expect.stringMatching(/.+/),
      })
    for (const headers of [
      beat,
      { ...beat, licensekey: 'wrong' },
      { ...beat, licensekey: low },
      { licensekey: system },
    ]) {
      const reply = await plain('/reports/healthz', headers)
      expect(reply.status).toBe(200)
      expect(reply.json).not.toHaveProperty('syntheticheartbeatId')
    }
  })

  it.each(['/events', '/reports', '/licenses', '/caas'])(
    '%s tells its environment, and more to an operator',
    async (at) => {
      const known = { EC_CURVE_NAME: 'secp256k1', allowed_time_span: 60 }
      expect((await plain(`${at}/environment`)).json).toEqual(known)
      expect((await plain(`${at}/environment`, { licensekey: infraKey })).json).toMatchObject({
        ...known,
        profile: 'documented',
      })
      expect((await plain(`${at}/environment`, { licensekey: 'wrong' })).status).toBe(401)
      expect((await plain(`${at}/environment`, { licensekey: low })).status).toBe(403)
    },
  )

  it.each(['/events/sd', '/reports/sd', '/caas/sd'])(
    '%s is the directory, with the operator’s entries',
    async (path) => {
      expect((await plain(path)).json).toEqual({
        events: `${world.url}/events`,
        reports: `${world.url}/reports`,
        licenses: `${world.url}/licenses`,
        global_caas: `${world.url}/caas`,
        adminconsole: 'https://console.example.com',
      })
    },
  )

  it('answers unknown paths in its own form', async () => {
    const reply = await plain('/events/nothing')
    expect(reply.status).toBe(404)
    expect(reply.json).toMatchObject({ statusCode: 404, error: 'Not Found' })
  })
})

describe('the ecdsa helper', () => {
  const client = {
    publicKey: 'qjKzK8lt37L4/JjgO/TgXi27o9wGTC0vXeCufr7qSJOeDbwltvi3OXyR1940R/LTpXi1jfqMH7649x9AjX4CZg==',
    privateKey: 'pB+/Xw43CmRAovZ0e4IvuTm3t1LJC2GOYIxlWQz8vK0=',
  }
  const server = {
    publicKey: 'V1aXZqdm2mG5odWxm6gnfraQZaBW7fTYQgTW//WybIGqqeFnOHxV857MkbHHaXdSOcyf6FlB9EyJC4KoO35YLg==',
    privateKey: 'HIkf73ndBKllwQ9YR9WsWscYyqO1+8t7d99OJ6stkis=',
  }
  const sealed = 'JG/8yWOIMnkoc5JJcoM2J3MB6wjnD7R17FlNq7aYP5509l014KnTP85nNzGABaus/8inr7ipUil4JExd+vM='
  const clear = 'Clear text to encrypt/decrypt.'
  const ask = (path: string, body: unknown): Promise<Reply> =>
    send('POST', `${world.url}${path}`, {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const keys = { publicKey: client.publicKey, privateKey: server.privateKey }

  it.each(['/events', '/reports', '/licenses', '/caas'])('at %s decrypts the published vector', async (at) => {
    const reply = await ask(`${at}/ecdsa_helper/decrypt`, { dataStr: sealed, ...keys })
    expect([reply.status, reply.json]).toEqual([200, { data: clear }])
  })

  it('encrypts unless it is told otherwise, in the path or in the body', async () => {
    for (const [path, more] of [
      ['/events/ecdsa_helper', {}],
      ['/events/ecdsa_helper/encrypt', { method: 'decrypt' }],
    ] as const) {
      const reply = await ask(path, { dataStr: clear, ...keys, ...more })
      expect(unseal(sharedKey(client, server.publicKey), (reply.json as { data: string }).data)).toBe(clear)
    }
    const decrypted = await ask('/events/ecdsa_helper', { dataStr: sealed, ...keys, method: 'decrypt' })
    expect(decrypted.json).toEqual({ data: clear })
  })

  it('takes private keys with a sign byte', async () => {
    const signed = Buffer.concat([Buffer.of(0), Buffer.from(client.privateKey, 'base64')]).toString('base64')
    const reply = await ask('/events/ecdsa_helper/decrypt', {
      dataStr: sealed,
      publicKey: server.publicKey,
      privateKey: signed,
    })
    expect(reply.json).toEqual({ data: clear })
  })

  it.each([
    ['another method', '/ecdsa_helper/sign', { dataStr: 'x', ...keys }, ['method']],
    ['a method in the prototype', '/ecdsa_helper/__proto__', { dataStr: 'x', ...keys }, ['method']],
    ['nothing', '/ecdsa_helper/encrypt', '', ['dataStr', 'publicKey', 'privateKey']],
    ['no JSON', '/ecdsa_helper/encrypt', '{', ['body', 'dataStr', 'publicKey', 'privateKey']],
    [
      'other types',
      '/ecdsa_helper/encrypt',
      { dataStr: 1, publicKey: [], privateKey: {} },
      ['dataStr', 'publicKey', 'privateKey'],
    ],
    [
      'keys that are none',
      '/ecdsa_helper/encrypt',
      { dataStr: 'x', publicKey: 'AAAA', privateKey: 'AA==' },
      ['publicKey', 'privateKey'],
    ],
    ['text that is not encrypted', '/ecdsa_helper/decrypt', { dataStr: 'hello', ...keys }, ['dataStr']],
    ['text for another', '/ecdsa_helper/decrypt', { dataStr: seal(Buffer.alloc(32, 9), 'x'), ...keys }, ['dataStr']],
  ])('refuses %s with 400, naming it', async (_, path, body, names) => {
    const reply = await ask(`/events${path}`, body)
    expect([reply.status, params(reply)]).toEqual([400, names])
    expect(reply.text).not.toContain(server.privateKey)
  })

  it('is limited per address', async () => {
    await using slow = await startWorld({ ROLLCALL_RATE_OPEN: '3' })
    const statuses: number[] = []
    for (let call = 0; call < 5; call++)
      statuses.push((await send('POST', `${slow.url}/events/ecdsa_helper`, { body: '{}' })).status)
    expect(statuses).toEqual([400, 400, 400, 429, 429])
  })
})
