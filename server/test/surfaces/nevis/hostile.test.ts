import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminKey, startWorld, type World } from '../../world.ts'
import { askNevis } from './setting.ts'

let world: World
let key: string
let other: string
let writer: string
let events: string

beforeAll(async () => {
  world = await startWorld()
  const make = async (tenant: object) => {
    const { body } = await world.call('POST', '/v1/realms', { tenant, community: { name: 'default' } })
    const { tenant: made, community } = body as { tenant: { id: string }; community: { id: string } }
    return { tenantId: made.id, communityId: community.id }
  }
  const realm = await make({ name: 'Acme', tag: 'Acme', dns: ['login.acme.test'] })
  const second = await make({ name: 'Umbrella', tag: 'umbrella' })
  key = await world.apiKey(realm)
  other = await world.apiKey(second)
  const made = await world.call('POST', '/v1/keys', { kind: 'api', name: 'writer', realm, roles: ['writer'] })
  writer = (made.body as { secret: string }).secret
  events = `/v1/realms/${realm.tenantId}/${realm.communityId}/events`
  await world.call('POST', events, [{ event_name: 'login', event_id: 'one' }])
  await world.call('POST', `/v1/realms/${second.tenantId}/${second.communityId}/events`, [
    { event_name: 'login', event_id: 'two' },
  ])
})
afterAll(() => world?.[Symbol.asyncDispose]())

const said = async (address: string, options: Parameters<typeof askNevis>[2] = { key }) => {
  const { status, text } = await askNevis(world, address, options)
  const { errors, events: found } = JSON.parse(text) as {
    errors?: { code: string; field?: string; message: string }[]
    events?: { eventId: string }[]
  }
  return { status, fields: errors?.map(({ code, field }) => field ?? code), ids: found?.map(({ eventId }) => eventId) }
}

describe('the instance of the host name', () => {
  it.each([
    ['the tag of the tenant', 'acme.id.nevis.cloud'],
    ['the tag with another case and a port', 'ACME.rollcall.test:8484'],
    ['a dns name of the tenant', 'Login.acme.test'],
    ['an address that is nobody’s', '127.0.0.1:8484'],
    ['a name alone', 'umbrella'],
    ['a name that is nobody’s', 'nobody.example.com'],
  ])('is found by %s', async (_, host) => {
    expect(await said('/events', { key, host })).toMatchObject({ status: 200, ids: ['one'] })
  })

  it('refuses the key of another realm, and answers the operator its own', async () => {
    expect(await said('/events', { key: other, host: 'acme.id.nevis.cloud' })).toMatchObject({
      status: 401,
      fields: ['invalidAccessKey'],
    })
    expect(await said('/events', { key: other, host: 'login.acme.test' })).toMatchObject({ status: 401 })
    expect(await said('/events/one', { key: other })).toMatchObject({ status: 404 })
    expect(await said('/events', { key: adminKey, host: 'umbrella.id.nevis.cloud' })).toMatchObject({
      status: 200,
      ids: ['two'],
    })
    expect(await said('/events', { key: adminKey })).toMatchObject({ status: 400, fields: ['Authorization'] })
  })
})

it('tells a missing, a wrong and a powerless key, an unknown event, address and method apart', async () => {
  const { status, headers, text } = await askNevis(world, '/events', {})
  expect([status, headers['www-authenticate'], JSON.parse(text).errors[0].code]).toEqual([
    401,
    'Bearer realm="nevis"',
    'invalidAccessKey',
  ])
  expect((await said('/events', { key: 'nobody-knows-this-key' })).status).toBe(401)
  expect((await said('/events', { key: writer })).status).toBe(403)
  expect((await said('/events/no-such-event')).status).toBe(404)
  expect((await said(`/events/${'x'.repeat(2_000)}`)).status).toBe(400)
  expect((await said('/events/%ff')).status).toBe(400)
  expect((await said('/users')).status).toBe(404)
  expect((await said('/events/one/two', {})).status).toBe(404)
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const wrong = await askNevis(world, '/events', { key, method })
    expect([method, wrong.status, wrong.headers.allow]).toEqual([method, 405, 'GET'])
  }
})

it.each([
  ['fromDate=yesterday', ['fromDate']],
  ['fromDate=2022-02-30', ['fromDate']],
  ['fromDate=2022-01-01T25:00:00Z', ['fromDate']],
  ['toDate=1e99', ['toDate']],
  ['fromDate=2022-01-02&toDate=2022-01-01', ['toDate']],
  ['fromDate=2022-01-02&fromDate=2022-01-01', ['fromDate']],
  ['timespan=30D', ['timespan']],
  ['timespan=P', ['timespan']],
  ['timespan=P0D', ['timespan']],
  ['timespan=-P1D', ['timespan']],
  ['timespan=P1.5D', ['timespan']],
  ['timespan=P999999999Y', ['timespan']],
  ['timespan=P1D&fromDate=2022-01-01', ['timespan']],
  ['status=maybe', ['status']],
  ['filterType=name&filter=x', ['filterType']],
  ['offset=0', ['offset']],
  ['offset=-1', ['offset']],
  ['offset=1.5', ['offset']],
  ['offset=99999999999999999999', ['offset']],
  ['limit=0', ['limit']],
  ['limit=1001', ['limit']],
  ['limit=ten&offset=NaN&status=x', ['status', 'offset', 'limit']],
  [`filter=${'x'.repeat(1_025)}`, ['filter']],
  ['filter=a&filter=b', ['filter']],
])('refuses %s, naming what is wrong', async (query, fields) => {
  expect(await said(`/events?${query}`)).toEqual({ status: 400, fields, ids: undefined })
  if (!/limit|offset/.test(query)) expect((await said(`/events/export?${query}`)).status).toBe(400)
})

it.each([
  ['fromDate=1026-01-01&toDate=9999-12-31', ['one']],
  ['timespan=P1000Y', ['one']],
  ['timespan=P1Y2M3W4DT5H6M7.5S', ['one']],
  ['toDate=0001-01-01', []],
  ['filter=&status=&unknown=1', ['one']],
  ['filter=%00', []],
  ["filter=' OR 1=1 --", []],
  ['filter=%F0%9F%98%80', []],
  ['filter=\\', []],
])('answers %s', async (query, ids) => {
  expect(await said(`/events?${encodeURI(decodeURI(query)).replaceAll('%2500', '%00')}`)).toMatchObject({
    status: 200,
    ids,
  })
})

it('refuses events of this form that are not right, naming the field, and keeps the right ones', async () => {
  const { body } = await world.call('POST', events, [
    { name: 'user.created', status: 'perhaps' },
    { name: 'user.created', timestamp: 'soon' },
    { name: 'user.created', eventId: '' },
    { name: 'user.created', user: { id: 5 } },
    { name: 'user.created', dialect: 'nevis' },
    { name: '' },
    { name: 'user.created', eventId: 'good', actor: null, user: 'somebody' },
    { name: 'user.created', eventId: 'good', actor: null, user: 'somebody' },
    { name: 'user.created', eventId: 'good', actor: { type: 'api' } },
  ])
  const { results } = body as { results: { outcome: string; issues?: { name: string }[] }[] }
  expect(results.map(({ outcome, issues }) => issues?.map(({ name }) => name).join() ?? outcome)).toEqual([
    'status',
    'timestamp',
    'eventId',
    'user.id',
    'dialect',
    'event_name',
    'accepted',
    'duplicate',
    'event_id',
  ])
})
