import { createClient } from '@rollcall/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminKey, startWorld, type World } from '../../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

it('the typed client walks from a realm to a report', async () => {
  const client = createClient({ baseUrl: `${world.url}/`, key: adminKey })
  const realm = await client.POST('/v1/realms', { body: { tenant: { name: 'Acme' }, community: { name: 'default' } } })
  const path = { tenantId: realm.data?.tenant.id ?? '', communityId: realm.data?.community.id ?? '' }
  const one = await client.POST('/v1/realms/{tenantId}/{communityId}/events', {
    params: { path },
    body: { event_name: 'login.attempt', user_id: 'ann', application: 'wiki', colour: 'blue' },
  })
  expect(one.data?.accepted).toBe(1)
  const lines = await client.POST('/v1/realms/{tenantId}/{communityId}/events', {
    params: { path },
    headers: { 'content-type': 'application/x-ndjson' },
    body: '{"event_name":"login.attempt","user_id":"bob","application":"wiki"}\n{}\n',
  })
  expect([lines.data?.accepted, lines.data?.refused]).toEqual([1, 1])
  const found = await client.GET('/v1/realms/{tenantId}/{communityId}/events', {
    params: { path, query: { filter: JSON.stringify({ colour: 'blue' }) } },
  })
  expect(found.data?.events.map((event) => event.user_id)).toEqual(['ann'])
  const usage = await client.POST('/v1/realms/{tenantId}/{communityId}/reports/{id}', {
    params: { path: { ...path, id: 'application-usage' } },
    body: { order: ['user_id'] },
  })
  expect(usage.data?.rows.map((row) => row.user_id)).toEqual(['ann', 'bob'])
})

it('the typed client answers a refusal as a problem and does not throw', async () => {
  const client = createClient({ baseUrl: world.url, key: 'a-key-of-nobody-at-all' })
  const refused = await client.GET('/v1/reports')
  expect(refused.data).toBeUndefined()
  expect(refused.error).toMatchObject({ status: 401, type: 'urn:rollcall:problem:unauthenticated' })
})
