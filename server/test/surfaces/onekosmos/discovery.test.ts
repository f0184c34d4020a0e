import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from '../../world.ts'
import { type Reply, send } from './client.ts'

let world: World
let ids: { tenant: { id: string }; community: { id: string } }

beforeAll(async () => {
  world = await startWorld()
  const made = await world.call('POST', '/v1/realms', {
    tenant: { name: 'Acme', tag: 'acme', dns: ['acme.example.com:8443', 'login.acme.example.com'] },
    community: { name: 'default' },
  })
  ids = made.body as typeof ids
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const fetchInfo = (body: unknown): Promise<Reply> =>
  send('POST', `${world.url}/api/r1/system/community_info/fetch`, {
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

describe('community_info', () => {
  it('tells what a client must know of a tenant', async () => {
    const reply = await fetchInfo({ dns: 'acme.example.com:8443', communityName: 'default' })
    expect(reply.status).toBe(200)
    expect(reply.json).toEqual({
      tenant: {
        id: ids.tenant.id,
        tenanttype: 'master',
        tenanttag: 'acme',
        name: 'Acme',
        dns: 'acme.example.com:8443',
        otherDNS: ['login.acme.example.com'],
      },
      community: {
        id: ids.community.id,
        tenantid: ids.tenant.id,
        name: 'default',
        publicKey: ((await send('GET', `${world.url}/events/publickeys`)).json as { publicKey: string }).publicKey,
        logo: expect.stringMatching(/^data:image\//),
        mobileLogo: expect.stringMatching(/^data:image\//),
        accountsPerPerson: null,
        personsPerAccount: null,
        personLimitRule: null,
        otpSeed: null,
      },
      message: null,
    })
  })

  it.each([
    ['the host with a port that its operator did not name', () => ({ dns: 'login.acme.example.com:9443' })],
    ['the host with its scheme', () => ({ dns: 'https://LOGIN.acme.example.com/' })],
    ['the ids', () => ({ tenantId: ids.tenant.id, communityId: ids.community.id })],
    ['the id of the tenant alone', () => ({ tenantId: ids.tenant.id })],
  ])('finds by %s', async (_, by) => {
    expect((await fetchInfo(by())).json).toMatchObject({ tenant: { id: ids.tenant.id } })
  })

  it('leaves the pictures out when asked to', async () => {
    const { community } = (await fetchInfo({ tenantId: ids.tenant.id, skipLogos: true })).json as { community: object }
    expect(community).not.toHaveProperty('logo')
  })

  it('answers 404 for a tenant or community that is not there', async () => {
    expect((await fetchInfo({ dns: 'nobody.example.com' })).status).toBe(404)
    expect((await fetchInfo({ tenantId: ids.tenant.id, communityName: 'other' })).status).toBe(404)
    expect((await fetchInfo({ dns: "' OR 1=1 --" })).status).toBe(404)
  })

  it.each([
    ['nothing', '', 'dns'],
    ['an empty object', {}, 'dns'],
    ['no JSON', '{', 'body'],
    ['an operator as host', { dns: { $ne: null } }, 'dns'],
    ['a list as tenant', { tenantId: ['x'] }, 'tenantId'],
    ['a host without end', { dns: 'x'.repeat(10_000) }, 'dns'],
  ])('refuses %s with 400, naming it', async (_, body, name) => {
    const reply = await fetchInfo(body)
    expect(reply.status).toBe(400)
    expect(reply.json).toMatchObject({ errors: [{ param: name }] })
  })
})
