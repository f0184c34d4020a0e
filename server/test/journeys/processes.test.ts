import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startClickHouse } from '../clickhouse.ts'
import { startPostgres } from '../postgres.ts'
import { connect } from '../surfaces/onekosmos/client.ts'
import { until } from '../until.ts'
import { startWorld, type World } from '../world.ts'
import { eventsOf, native, pathOf } from './native.ts'

describe('three servers on one PostgreSQL and one ClickHouse', () => {
  const stack = new AsyncDisposableStack()
  let one: World
  let two: World
  let worker: World
  beforeAll(async () => {
    const postgres = stack.use(await startPostgres())
    const clickHouse = stack.use(await startClickHouse())
    const settings = {
      ...clickHouse.settings,
      ROLLCALL_CONTROL_URL: await postgres.createDatabase(),
      ROLLCALL_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    }
    // Together, as they start after a power cut: each finds the stores empty.
    const started = await Promise.all(
      ['api', 'api', 'worker'].map((role) => startWorld({ ...settings, ROLLCALL_ROLE: role })),
    )
    for (const world of started) stack.use(world)
    const [first, second, third] = started
    if (!first || !second || !third) throw new Error('A server did not start')
    one = first
    two = second
    worker = third
  })
  afterAll(() => stack.disposeAsync())

  test('what is sent to one is found through the other', async () => {
    const realm = await one.realm()
    const key = await one.apiKey(realm)
    for (let n = 0; n < 5; n++) {
      const sent = await native(one.url, key)('POST', `${pathOf(realm)}/events`, {
        event_name: 'login',
        event_id: `e${n}`,
      })
      expect(sent.json).toMatchObject({ accepted: 1 })
      const found = await native(two.url, key)('GET', `${pathOf(realm)}/events`)
      expect(eventsOf(found)).toHaveLength(n + 1)
      expect(found.headers.get('rollcall-incomplete')).toBeNull()
    }
    const again = await native(two.url, key)('POST', `${pathOf(realm)}/events`, { event_name: 'login', event_id: 'e0' })
    expect(again.json).toMatchObject({ accepted: 0, duplicate: 1 })
  })

  test('a client that read the public key of one may talk to the other', async () => {
    const realm = await one.realm()
    const client = await connect({ service: `${one.url}/events`, licence: await one.licence(realm, 'community') })
    const elsewhere = await connect({ service: `${two.url}/events`, licence: 'unused', pair: client.pair })
    expect(elsewhere.serviceKey).toBe(client.serviceKey)
    const path = `${two.url}/events/tenant/${realm.tenantId}/community/${realm.communityId}/event/E_LOGIN_SUCCEEDED`
    const sent = await fetch(path, {
      method: 'PUT',
      headers: client.headers(),
      body: JSON.stringify({ data: client.seal('{"type":"event","event_id":"sealed"}') }),
    })
    expect([sent.status, await sent.json()]).toEqual([200, { status: 'OK', event_id: 'sealed' }])
  })

  test('a key that is removed through one stops working at the other', async () => {
    const realm = await one.realm()
    const made = await native(one.url)('POST', '/keys', { kind: 'api', name: 'short-lived', realm })
    const { id, secret } = made.json as { id: string; secret: string }
    const through = native(two.url, secret)
    expect((await through('GET', `${pathOf(realm)}/events`)).status).toBe(200)
    expect((await native(one.url)('DELETE', `/keys/${id}`)).status).toBe(204)
    await until(async () => (await through('GET', `${pathOf(realm)}/events`)).status === 401)
  })

  test('one that works in the background serves no API, and says that it is well', async () => {
    expect((await native(worker.url)('GET', '/realms')).status).toBe(404)
    const health = await fetch(`${worker.url}/healthz`)
    expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok' }])
  })
})

test('a second process on a data folder that is in use is refused in a sentence, and the first goes on', async () => {
  await using world = await startWorld()
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/cli/rollcall.ts'), 'serve'], {
    env: { PATH, ROLLCALL_DATA: world.folder, ROLLCALL_PORT: '0', ROLLCALL_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(code).not.toBe(0)
  expect(said).toContain(
    `Another Rollcall process uses the data folder ${world.folder}. Stop it first, or set ROLLCALL_DATA`,
  )
  expect(said).not.toMatch(/^\s+at /m)
  expect((await world.call('GET', '/v1/realms')).status).toBe(200)
})
