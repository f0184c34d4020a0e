import { connect as dial } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../until.ts'
import { startWorld, type World } from '../world.ts'
import { connect, send } from './onekosmos/client.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ ROLLCALL_IDLE_SECONDS: '1', ROLLCALL_QUERY_SECONDS: '1', ROLLCALL_RATE_FAILED: '2' })
})
afterAll(() => world[Symbol.asyncDispose]())

it('a body that never comes does not hold its connection for ever', async () => {
  const { hostname, port } = new URL(world.url)
  const socket = dial(Number(port), hostname)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => undefined)
  socket.write('PUT /events/tenant/a/community/b/event/c HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{')
  await closed
  expect((await world.call('GET', '/healthz')).status).toBe(200)
})

it.each([
  ['no HTTP', 'SSH-2.0-client\r\n\r\n', 400, 'HTTP/1.1'],
  [
    'two lengths',
    'POST /v1/realms HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    400,
    'headers',
  ],
  ['headers without an end', `GET / HTTP/1.1\r\nx: ${'x'.repeat(17_000)}`, 431, 'send less'],
])('%s is answered with what is wrong, and its connection ends', async (_, sent, status, words) => {
  const { hostname, port } = new URL(world.url)
  const socket = dial(Number(port), hostname).setEncoding('utf8')
  socket.write(sent)
  const answer = (await socket.toArray()).join('')
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    status,
    detail: expect.stringContaining(words),
  })
})

it('an address that cannot be read is refused in the form of the surface that it names', async () => {
  for (const part of ['%zz', '%ff', 'x'.repeat(2_000)]) {
    const event = await send('PUT', `${world.url}/events/tenant/${part}/community/b/event/c`)
    expect(event.json).toMatchObject({ statusCode: 400, error: 'Bad Request', errors: [{ param: 'path' }] })
    const native = await send('GET', `${world.url}/v1/realms/${part}/b`)
    expect(native.json).toMatchObject({ type: 'urn:rollcall:problem:invalid', status: 400 })
    const statuses = [event.status, native.status]
    expect([part.slice(0, 3), statuses]).toEqual([part.slice(0, 3), [400, 400]])
  }
  expect((await send('GET', `${world.url}/%zz`)).json).toMatchObject({ status: 400 })
})

it('a sender with a wrong clock does not lock its address out, and one that guesses keys does', async () => {
  const realm = await world.realm()
  const late = await connect({
    service: `${world.url}/events`,
    licence: await world.licence(realm, 'community'),
    now: () => Date.now() - 3_600_000,
  })
  for (let call = 0; call < 6; call++) expect((await late.putEvent(realm, 'E_X', { type: 'event' })).status).toBe(401)
  const guess = await connect({ service: `${world.url}/events`, licence: 'no-such-licence' })
  const statuses: number[] = []
  for (let call = 0; call < 6; call++) statuses.push((await guess.putEvent(realm, 'E_X', { type: 'event' })).status)
  expect([statuses[0], statuses.at(-1)]).toEqual([401, 429])
})

it('a server that closes right behind a large file does not wait for the connection that it went over', async () => {
  const own = await startWorld()
  const realm = await own.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  for (let from = 0; from < 5_000; from += 1_000) {
    const body = Array.from({ length: 1_000 }, (_, n) => ({ event_name: 'login', event_id: `e${from + n}` }))
    expect((await own.call('POST', `${path}/events`, body)).status).toBe(200)
  }
  const asked = await own.call('POST', `${path}/exports`, { report: 'event-search', format: 'ndjson' })
  const job = async () => {
    const { id } = asked.body as { id: string }
    return (await own.call('GET', `${path}/jobs/${id}`)).body as { status: string; downloadLink: string }
  }
  await until(async () => (await job()).status === 'completed')
  expect((await (await fetch((await job()).downloadLink)).text()).length).toBeGreaterThan(500_000)
  await own[Symbol.asyncDispose]()
}, 30_000)
