import fc from 'fast-check'
import { Pool, request } from 'undici'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminKey, startWorld, type World } from '../../world.ts'

let world: World
let realm: { tenantId: string; communityId: string }
let pool: Pool
beforeAll(async () => {
  world = await startWorld()
  realm = await world.realm()
  pool = new Pool(world.url)
})
afterAll(async () => {
  await pool.close()
  await world[Symbol.asyncDispose]()
})

const nasty = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  '..',
  '%2e%2e%2f',
  "' OR 1=1 --",
  '`; DROP TABLE events',
  '__proto__',
  'constructor',
  '\ud800',
  '{{7*7}}',
  '9'.repeat(400),
  '💥'.repeat(50),
)
const texts = fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 60 }))
const part = texts.map((text) => encodeURIComponent(text.isWellFormed() ? text : '\u{fffd}') || '%20')
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    texts,
    fc.double(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(texts, fc.constantFrom('event_name', 'name', 'tenant', 'filter', 'order')), tie('value'), {
      maxKeys: 5,
    }),
  ),
})).value
/** Bodies near the valid ones: their members, with anything under them. */
const near = fc.record(
  Object.fromEntries(
    ['tenant', 'community', 'timezone', 'kind', 'name', 'realm', 'authLevel', 'expiresAt', 'event_name', 'event_id']
      .concat(['timestamp', 'user_id', 'from', 'to', 'filter', 'params', 'order', 'page', 'total'])
      .map((name) => [name, values]),
  ),
  { requiredKeys: [] },
)
const bodies = fc.oneof(
  near.map((value) => JSON.stringify(value)),
  values.map((value) => JSON.stringify(value)),
  texts,
)
const routes = fc.oneof(
  fc.constantFrom('/v1/realms', '/v1/keys', '/v1/reports', '/v1/set-aside'),
  fc.tuple(part, part).map(([tenant, community]) => `/v1/realms/${tenant}/${community}`),
  fc.tuple(part, part).map(([tenant, community]) => `/v1/realms/${tenant}/${community}/events`),
  fc
    .constantFrom('events', 'reports/event-search', 'reports/application-usage', 'reports/last-seen')
    .map((rest) => `/v1/realms/${realm.tenantId}/${realm.communityId}/${rest}`),
  part.map((id) => `/v1/keys/${id}`),
  part.map((id) => `/v1/set-aside/${id}/release`),
  part.map((id) => `/v1/realms/${realm.tenantId}/${realm.communityId}/reports/${id}`),
)
const queries = fc
  .array(
    fc.tuple(
      fc.constantFrom('limit', 'after', 'cursor', 'filter', 'from', 'to', 'order', 'tenantId', 'x'),
      fc.oneof(texts, bodies),
    ),
    { maxLength: 4 },
  )
  .map((pairs) =>
    new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value.toWellFormed()])).toString(),
  )

it('answers anything at all with less than 500, and refusals as problem documents', async () => {
  const types = fc.constantFrom(
    'application/json',
    'application/x-ndjson',
    'text/plain',
    '',
    'application/json; charset=utf-16',
  )
  const methods = fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT')
  await fc.assert(
    fc.asyncProperty(methods, routes, queries, bodies, types, async (method, path, query, body, type) => {
      // The realm of this test stays.
      fc.pre(!(method === 'DELETE' && path.endsWith(`${realm.tenantId}/${realm.communityId}`)))
      // Sent as it stands: a client that knows addresses would shorten the dots in a path.
      const response = await pool.request({
        path: `${path}?${query}`,
        method,
        headers: { authorization: `Bearer ${adminKey}`, ...(type === '' ? {} : { 'content-type': type }) },
        ...(method === 'GET' ? {} : { body: Buffer.from(body) }),
      })
      const text = await response.body.text()
      expect([method, path, response.statusCode, text.slice(0, 300)]).toEqual([
        method,
        path,
        expect.toSatisfy((status: number) => status < 500),
        expect.anything(),
      ])
      if (response.statusCode < 400) return
      const answer = JSON.parse(text) as { status: number; detail: string }
      expect(answer.status).toBe(response.statusCode)
      expect(answer.detail.length).toBeGreaterThan(0)
    }),
    { numRuns: 400 },
  )
  expect((await world.call('GET', '/healthz')).status).toBe(200)
})

it('answers hostile headers with less than 500', async () => {
  const header = texts.map((text) => text.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '?'))
  await fc.assert(
    fc.asyncProperty(header, header, header, async (authorization, encoding, type) => {
      const response = await request(`${world.url}/v1/realms/${realm.tenantId}/${realm.communityId}/events`, {
        method: 'POST',
        headers: ['authorization', `Bearer ${adminKey}`, 'content-encoding', encoding, 'content-type', type],
        body: '{"event_name":"x"}',
      })
      await response.body.dump()
      expect(response.statusCode).toBeLessThan(500)
      const keyless = await request(`${world.url}/v1/reports`, { headers: { authorization } })
      await keyless.body.dump()
      expect(keyless.statusCode).toBe(401)
    }),
    { numRuns: 60 },
  )
})

it('refuses nesting, keys and names beyond the limits without a row', async () => {
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/events`
  const count = async () =>
    (
      (await world.call('POST', path.replace('/events', '/reports/event-search'), { page: { size: 1 } })).body as {
        total: number
      }
    ).total
  const before = await count()
  const deep = `{"event_name":"x","a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`
  const wide = JSON.stringify({
    event_name: 'x',
    ...Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`k${at}`, 1])),
  })
  const long = JSON.stringify({ event_name: 'x', ['k'.repeat(10_000)]: 1 })
  for (const body of [deep, wide, long, '{"event_name":"x","a":"\\ud800"}', '{"event_name":"x","a":1e999}']) {
    const response = await fetch(`${world.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body,
    })
    expect([body.slice(0, 40), response.status]).toEqual([body.slice(0, 40), 400])
    await response.body?.cancel()
  }
  expect(await count()).toBe(before)
})
