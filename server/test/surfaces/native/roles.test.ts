import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWorld, type World } from '../../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const asks = async (key: string, method: string, path: string, body?: unknown): Promise<number> => {
  const response = await fetch(`${world.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  await response.text()
  return response.status
}

it('let a writer send and not read, a reader read and not send, and both with neither named', async () => {
  const realm = await world.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  const keyOf = async (roles?: readonly string[]): Promise<string> => {
    const made = await world.call('POST', '/v1/keys', { kind: 'api', name: 'x', realm, ...(roles ? { roles } : {}) })
    expect(made.status).toBe(201)
    return (made.body as { secret: string }).secret
  }
  const event = { event_name: 'login', user_id: 'ada' }
  const may = async (key: string) => ({
    send: await asks(key, 'POST', `${path}/events`, event),
    search: await asks(key, 'GET', `${path}/events`),
    report: await asks(key, 'POST', `${path}/reports/application-usage`, {}),
  })
  expect(await may(await keyOf(['writer']))).toEqual({ send: 200, search: 403, report: 403 })
  expect(await may(await keyOf(['reader']))).toEqual({ send: 403, search: 200, report: 200 })
  expect(await may(await keyOf())).toEqual({ send: 200, search: 200, report: 200 })
})

it('let a user see its own doings only, and a service all of the realm', async () => {
  const realm = await world.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  const keyOf = async (user: string, roles: readonly string[]): Promise<string> => {
    const made = await world.call('POST', '/v1/keys', { kind: 'api', name: 'x', realm, user, roles })
    return (made.body as { secret: string }).secret
  }
  const sent = await world.call('POST', `${path}/events`, [
    { event_name: 'login', user_id: 'ada', session_id: 'a' },
    { event_name: 'login', user_id: 'bob', session_id: 'b' },
  ])
  expect(sent.status).toBe(200)
  const seen = async (key: string): Promise<readonly string[]> => {
    const answer = await fetch(`${world.url}${path}/events`, { headers: { authorization: `Bearer ${key}` } })
    return ((await answer.json()) as { events: { user_id: string }[] }).events.map((event) => event.user_id).sort()
  }
  const ada = await keyOf('ada', ['user'])
  expect(await seen(ada)).toEqual(['ada'])
  expect(await seen(await keyOf('eve', ['user', 'writer']))).toEqual([])
  expect(await seen(await keyOf('eve', ['service']))).toEqual(['ada', 'bob'])
  expect(await seen(await keyOf('eve', ['user', 'operator']))).toEqual(['ada', 'bob'])
  expect(await asks(ada, 'POST', `${path}/events`, { event_name: 'login' })).toBe(403)
})

it('refuses roles that do not exist, naming the field', async () => {
  const made = await world.call('POST', '/v1/keys', { kind: 'api', name: 'x', roles: ['everything'] })
  expect(made.status).toBe(400)
  expect(JSON.stringify(made.body)).toContain('roles')
})

it('answers 409 to an event whose id was sent before with another content', async () => {
  const realm = await world.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/events`
  expect((await world.call('POST', path, { event_name: 'login', event_id: 'one' })).status).toBe(200)
  const other = await world.call('POST', path, { event_name: 'login', event_id: 'one', user_id: 'eve' })
  expect(other.status).toBe(409)
  expect(other.body).toMatchObject({ type: 'urn:rollcall:problem:conflict' })
})
