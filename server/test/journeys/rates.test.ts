import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, newPair, type Reply, send } from '../surfaces/onekosmos/client.ts'
import { adminKey, startWorld, type World } from '../world.ts'
import { native, pathOf } from './native.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({
    ROLLCALL_RATE_FAILED: '5',
    ROLLCALL_RATE_OPEN: '4',
    ROLLCALL_RATE_ADDRESS: '30',
    ROLLCALL_RATE_KEY: '6',
    // Every test is a client of an address of its own.
    ROLLCALL_TRUST_PROXY: 'true',
  })
})
afterAll(() => world?.[Symbol.asyncDispose]())

const from = (address: string) => ({ 'x-forwarded-for': address })

/** Asks until it is refused for asking too often; answers how often it was let through, and the refusal. */
const untilRefused = async (ask: () => Promise<Reply>): Promise<{ readonly passed: number; readonly reply: Reply }> => {
  for (let passed = 0; ; passed++) {
    const reply = await ask()
    if (reply.status === 429) return { passed, reply }
  }
}

const wholeSeconds = expect.stringMatching(/^[1-9]\d?$/)

describe('too many requests are refused with 429 and the seconds to wait', () => {
  test('when they guess keys: then even the right key must wait, and another address need not', async () => {
    const guess = native(world.url, 'no-such-key')
    const { passed, reply } = await untilRefused(() => guess('GET', '/realms', undefined, from('10.0.0.1')))
    expect(passed).toBeGreaterThanOrEqual(5)
    expect(passed).toBeLessThan(10)
    expect(reply.headers.get('retry-after')).toEqual(wholeSeconds)
    expect(reply.json).toMatchObject({ type: 'urn:rollcall:problem:too-many', status: 429 })
    const operator = native(world.url)
    expect((await operator('GET', '/realms', undefined, from('10.0.0.1'))).status).toBe(429)
    expect((await operator('GET', '/realms', undefined, from('10.0.0.2'))).status).toBe(200)
  })

  test('when they guess licences', async () => {
    const realm = await world.realm()
    const service = `${world.url}/reports`
    const guesser = await connect({ service, licence: 'no-such-licence' })
    const path = `/tenant/${realm.tenantId}/community/${realm.communityId}/events`
    const { passed, reply } = await untilRefused(() => guesser.call('POST', path, {}, from('10.0.1.1')))
    expect(passed).toBeGreaterThanOrEqual(5)
    expect(passed).toBeLessThan(10)
    expect(reply.headers.get('retry-after')).toEqual(wholeSeconds)
    expect(reply.json).toMatchObject({ statusCode: 429, error: 'Too Many Requests' })
  })

  test('when one address asks too much of anything', async () => {
    const { passed, reply } = await untilRefused(() =>
      send('GET', `${world.url}/healthz`, { headers: from('10.0.2.1') }),
    )
    expect(passed).toBe(30)
    expect(reply.headers.get('retry-after')).toEqual(wholeSeconds)
    const call = native(world.url)
    expect((await call('GET', '/realms', undefined, from('10.0.2.1'))).json).toMatchObject({ status: 429 })
  })

  test('when one address asks too much, whatever addresses it says it is asking for', async () => {
    let address = 0
    const { passed } = await untilRefused(() =>
      send('GET', `${world.url}/healthz`, { headers: from(`10.0.6.${++address}, 10.0.7.1`) }),
    )
    expect(passed).toBe(30)
  })

  test('when one key asks too much, wherever from, and another key need not wait', async () => {
    const realm = await world.realm()
    const [key, other] = [await world.apiKey(realm), await world.apiKey(realm)]
    let address = 0
    const ask = (secret: string) =>
      native(world.url, secret)('GET', `${pathOf(realm)}/events`, undefined, from(`10.0.3.${++address}`))
    const { passed, reply } = await untilRefused(() => ask(key))
    expect(passed).toBe(6)
    expect(reply.headers.get('retry-after')).toEqual(wholeSeconds)
    expect(reply.json).toMatchObject({ type: 'urn:rollcall:problem:too-many' })
    expect((await ask(other)).status).toBe(200)
  })

  test('when one licence asks too much', async () => {
    const realm = await world.realm()
    const licence = await world.licence(realm, 'community')
    const client = await connect({ service: `${world.url}/events`, licence })
    let address = 0
    const { passed, reply } = await untilRefused(() =>
      client.call(
        'PUT',
        `/tenant/${realm.tenantId}/community/${realm.communityId}/event/E_X`,
        { data: client.seal('{"type":"event"}') },
        from(`10.0.4.${++address}`),
      ),
    )
    expect(passed).toBe(6)
    expect(reply.headers.get('retry-after')).toEqual(wholeSeconds)
    expect(reply.json).toMatchObject({ statusCode: 429 })
  })

  test('when they are costly and need no key', async () => {
    const { publicKey } = newPair()
    const { privateKey } = newPair()
    const body = JSON.stringify({ dataStr: 'x', publicKey, privateKey })
    const { passed, reply } = await untilRefused(() =>
      send('POST', `${world.url}/events/ecdsa_helper/encrypt`, {
        headers: { 'content-type': 'application/json', ...from('10.0.5.1') },
        body,
      }),
    )
    expect(passed).toBe(4)
    expect(reply.headers.get('retry-after')).toEqual(wholeSeconds)
    const plain = await send('GET', `${world.url}/events/publickeys`, { headers: from('10.0.5.1') })
    expect(plain.status).toBe(200)
  })
})

test("a proxy's word for an address counts for nothing unless it is to be believed", async () => {
  await using open = await startWorld({ ROLLCALL_RATE_ADDRESS: '10' })
  let address = 0
  const { passed } = await untilRefused(() =>
    send('GET', `${open.url}/v1/realms`, {
      headers: { authorization: `Bearer ${adminKey}`, ...from(`10.1.0.${++address}`) },
    }),
  )
  expect(passed).toBe(10)
})
