import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { infraKey, startWorld, type World } from '../../world.ts'
import { type Client, connect, type Reply, send } from './client.ts'

type RealmIds = { readonly tenantId: string; readonly communityId: string }

let world: World
let realm: RealmIds
let system: Client
let low: Client

const as = (licence: string, service = 'licenses'): Promise<Client> =>
  connect({ service: `${world.url}/${service}`, licence })
const params = (reply: Reply): string[] =>
  (reply.json as { errors: { param: string }[] }).errors.map(({ param }) => param)
const newLicence = (change: object = {}) => ({
  tag: `tag-${randomUUID()}`,
  keyId: randomUUID(),
  keySecret: randomUUID(),
  description: 'made by a test',
  disabled: false,
  expiry: new Date(Date.now() + 86_400_000).toISOString(),
  authLevel: 'community',
  modules: { events: true },
  ...change,
})
const authorisationOf = (tag: string, change: object = {}) => ({
  keyTag: tag,
  communityId: realm.communityId,
  communityName: 'default',
  isAuthorized: true,
  ...change,
})
const putsEvents = async (licence: string): Promise<number> =>
  (await (await as(licence, 'events')).putEvent(realm, 'E_X', { type: 'event' })).status

beforeAll(async () => {
  world = await startWorld()
  realm = await world.realm()
  system = await as(await world.licence(undefined, 'system'))
  low = await as(await world.licence(realm, 'community'))
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

describe('a licence', () => {
  it('is told to whoever sends it', async () => {
    const licence = await world.licence(realm, 'service')
    const reply = await (await as(licence)).call('GET', '/servicekey/current')
    expect(reply.status).toBe(200)
    expect(reply.json).toMatchObject({ type: 'hawk', disabled: false, authLevel: 'service', keySecret: licence })
    expect(Date.parse((reply.json as { expiry: string }).expiry)).toBeGreaterThan(Date.now())
  })

  it('that is the infra key is of level service, under the hash of itself', async () => {
    const infra = await as(infraKey)
    expect((await infra.call('GET', '/servicekey/current')).json).toMatchObject({
      authLevel: 'service',
      tag: 'infra_license_key',
      keyId: createHash('sha512').update(infraKey).digest('hex'),
      keySecret: infraKey,
    })
    expect((await infra.call('GET', '/community/anything/licensecheck')).json).toMatchObject({ isAuthorized: true })
    expect((await infra.call('PUT', '/servicekey', newLicence())).status).toBe(403)
  })

  it('that is unknown hears 401 with a code', async () => {
    const reply = await (await as(randomUUID())).call('GET', '/servicekey/current')
    expect(reply.status).toBe(401)
    expect(reply.json).toMatchObject({ code: 401, message: 'Invalid or Unauthorized License' })
  })

  it('is checked for a community', async () => {
    const check = async (community: string) =>
      (await low.call('GET', `/community/${encodeURIComponent(community)}/licensecheck`)).json
    expect(await check(realm.communityId)).toMatchObject({ isAuthorized: true, communityId: realm.communityId })
    expect(await check((await world.realm()).communityId)).toMatchObject({ isAuthorized: false })
    expect(await check("x' OR 1=1 --")).toMatchObject({ isAuthorized: false })
  })

  it('lives from its creation over its authorisation to its deletion', async () => {
    const licence = newLicence()
    const made = await system.call('PUT', '/servicekey', licence)
    expect([made.status, made.json]).toEqual([200, { type: 'hawk', ...licence }])
    expect(await putsEvents(licence.keySecret)).toBe(403)
    const authorised = await system.call('PUT', '/community/servicekey', authorisationOf(licence.tag))
    expect([authorised.status, authorised.json]).toMatchObject([200, authorisationOf(licence.tag)])
    expect(await putsEvents(licence.keySecret)).toBe(200)
    const own = await as(licence.keySecret)
    expect((await own.call('GET', `/community/${realm.communityId}/licensecheck`)).json).toMatchObject({
      isAuthorized: true,
    })
    const path = `/community/${realm.communityId}/servicekey/${encodeURIComponent(licence.tag)}`
    expect((await system.call('DELETE', path)).status).toBe(204)
    expect(await putsEvents(licence.keySecret)).toBe(403)
    expect((await system.call('DELETE', path)).status).toBe(404)
    expect((await system.call('DELETE', `/servicekey?keyId=${licence.keyId}`)).status).toBe(204)
    expect(await putsEvents(licence.keySecret)).toBe(401)
    expect((await system.call('DELETE', `/servicekey?keyId=${licence.keyId}`)).status).toBe(404)
  })

  it('may be sent encrypted', async () => {
    const licence = newLicence()
    const reply = await system.call('PUT', '/servicekey', { data: system.seal(JSON.stringify(licence)) })
    expect([reply.status, reply.json]).toEqual([200, { type: 'hawk', ...licence }])
  })

  it('is changed by its keyId, disabled for instance', async () => {
    const licence = newLicence()
    await system.call('PUT', '/servicekey', licence)
    expect((await system.call('PUT', '/servicekey', { ...licence, disabled: true })).json).toMatchObject({
      disabled: true,
    })
    expect(await putsEvents(licence.keySecret)).toBe(401)
    const expired = { ...licence, expiry: '2020-01-01T00:00:00.000Z' }
    expect((await system.call('PUT', '/servicekey', expired)).json).toMatchObject({ expiry: expired.expiry })
    expect(await putsEvents(licence.keySecret)).toBe(401)
  })

  it('does not take the place of another', async () => {
    const licence = newLicence()
    await system.call('PUT', '/servicekey', licence)
    const same = async (change: object) => params(await system.call('PUT', '/servicekey', { ...licence, ...change }))
    expect(await same({ keySecret: randomUUID() })).toEqual(['keyId'])
    expect(await same({ keyId: randomUUID(), tag: randomUUID() })).toEqual(['keySecret'])
    expect(await same({ keyId: randomUUID(), keySecret: randomUUID() })).toEqual(['tag'])
  })

  it('gives nobody more than its owner has', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const passing = newLicence({ authLevel: 'system', expiry: soon })
    await system.call('PUT', '/servicekey', passing)
    const owner = await as(passing.keySecret)
    const later = newLicence({ expiry: new Date(Date.now() + 86_400_000).toISOString() })
    expect((await owner.call('PUT', '/servicekey', later)).status).toBe(403)
    const endless = newLicence({ expiry: undefined })
    expect((await owner.call('PUT', '/servicekey', endless)).json).toMatchObject({ expiry: soon })
    const grant = authorisationOf(endless.tag, { expiry: later.expiry })
    expect((await owner.call('PUT', '/community/servicekey', grant)).status).toBe(403)
  })

  it('below system manages nothing', async () => {
    const licence = newLicence()
    expect((await low.call('PUT', '/servicekey', licence)).status).toBe(403)
    expect((await low.call('PUT', '/community/servicekey', authorisationOf('x'))).status).toBe(403)
    expect((await low.call('DELETE', '/servicekey?keyId=x')).status).toBe(403)
    expect((await low.call('DELETE', '/community/x/servicekey/y')).status).toBe(403)
  })

  it('that ends is good for a community until then only', async () => {
    const licence = newLicence()
    await system.call('PUT', '/servicekey', licence)
    const past = authorisationOf(licence.tag, { expiry: new Date(Date.now() - 1_000).toISOString() })
    expect((await system.call('PUT', '/community/servicekey', past)).status).toBe(200)
    expect(await putsEvents(licence.keySecret)).toBe(403)
    const withdrawn = authorisationOf(licence.tag, { isAuthorized: false })
    expect((await system.call('PUT', '/community/servicekey', withdrawn)).status).toBe(200)
    expect(await putsEvents(licence.keySecret)).toBe(403)
  })

  it('that is withdrawn from its own community enters it no more, and again when the word is taken back', async () => {
    const made = await world.call('POST', '/v1/keys', { kind: 'license', name: 'own', authLevel: 'community', realm })
    const { id, secret } = made.body as { id: string; secret: string }
    expect(await putsEvents(secret)).toBe(200)
    await system.call('PUT', '/community/servicekey', authorisationOf(id, { isAuthorized: false }))
    const check = await (await as(secret)).call('GET', `/community/${realm.communityId}/licensecheck`)
    expect([await putsEvents(secret), check.json]).toMatchObject([403, { isAuthorized: false }])
    await system.call('DELETE', `/community/${realm.communityId}/servicekey/${id}`)
    expect(await putsEvents(secret)).toBe(200)
  })

  it('loses a community when its authorisation runs out, without anybody changing anything', async () => {
    const licence = newLicence()
    await system.call('PUT', '/servicekey', licence)
    const brief = authorisationOf(licence.tag, { expiry: new Date(Date.now() + 3_000).toISOString() })
    await system.call('PUT', '/community/servicekey', brief)
    expect(await putsEvents(licence.keySecret)).toBe(200)
    await expect.poll(() => putsEvents(licence.keySecret), { timeout: 20_000 }).toBe(403)
  })

  it.each([
    ['nothing', '', ['tag', 'keyId', 'keySecret']],
    ['no JSON', '{', ['body']],
    ['operators', { tag: { $ne: 1 }, keyId: [], keySecret: 5 }, ['tag', 'keyId', 'keySecret']],
    ['a short secret', newLicence({ keySecret: 'short' }), ['keySecret']],
    ['another level', newLicence({ authLevel: 'root' }), ['authLevel']],
    ['a level of the prototype', newLicence({ authLevel: 'constructor' }), ['authLevel']],
    ['no date', newLicence({ expiry: 'never' }), ['expiry']],
    [
      'wrong types',
      newLicence({ disabled: 'yes', modules: [], description: 1 }),
      ['description', 'disabled', 'modules'],
    ],
    ['control characters', newLicence({ tag: 'a\u0000' }), ['tag']],
    ['a tag without end', newLicence({ tag: 'a'.repeat(10_000) }), ['tag']],
    ['data that is not encrypted', { data: 'AAAA' }, ['data']],
  ])('made of %s is refused with 400, naming it', async (_, body, names) => {
    const reply = await system.call('PUT', '/servicekey', body)
    expect([reply.status, params(reply)]).toEqual([400, names])
  })

  it('is not authorised where there is no such licence or community', async () => {
    expect((await system.call('PUT', '/community/servicekey', authorisationOf('nobody'))).status).toBe(404)
    const licence = newLicence()
    await system.call('PUT', '/servicekey', licence)
    const nowhere = authorisationOf(licence.tag, { communityId: 'nowhere' })
    expect((await system.call('PUT', '/community/servicekey', nowhere)).status).toBe(404)
    expect(params(await system.call('PUT', '/community/servicekey', { isAuthorized: 'yes' }))).toEqual([
      'keyTag',
      'communityId',
      'isAuthorized',
    ])
    expect(params(await system.call('DELETE', '/servicekey'))).toEqual(['keyId'])
    expect(params(await system.call('DELETE', '/servicekey?keyId=a&keyId=b'))).toEqual(['keyId'])
  })
})

describe('the plain twins', () => {
  const requestid = (): string => JSON.stringify({ ts: Math.floor(Date.now() / 1000), appid: 'a', uuid: 'u' })
  const ask = (at: string, path: string, headers: Record<string, string>) =>
    send('GET', `${at}/licenses${path}`, { headers })

  it('are not there unless the operator wants them', async () => {
    const reply = await ask(world.url, '/u1/servicekey/current', { licensekey: infraKey, requestid: requestid() })
    expect(reply.status).toBe(404)
  })

  it('take the licence in the clear on an internal network', async () => {
    await using internal = await startWorld({ ROLLCALL_ONEKOSMOS_INTERNAL_LICENCES: 'true' })
    const good = { licensekey: infraKey, requestid: requestid() }
    expect((await ask(internal.url, '/u1/servicekey/current', good)).json).toMatchObject({ keySecret: infraKey })
    expect((await ask(internal.url, '/u1/community/x/licensecheck', good)).json).toMatchObject({ isAuthorized: true })
    const wrong = await ask(internal.url, '/u1/servicekey/current', { ...good, licensekey: 'wrong' })
    expect(wrong.status).toBe(401)
    expect(params(await ask(internal.url, '/u1/servicekey/current', {}))).toEqual(['licensekey', 'requestid'])
    const stale = { ...good, requestid: JSON.stringify({ ts: 5, appid: 'a', uuid: 'u' }) }
    expect(params(await ask(internal.url, '/u1/servicekey/current', stale))).toEqual(['requestid'])
  })

  it('and the encrypted checks are limited per address', async () => {
    await using slow = await startWorld({ ROLLCALL_RATE_OPEN: '2' })
    const client = await connect({ service: `${slow.url}/licenses`, licence: infraKey })
    const statuses: number[] = []
    for (let call = 0; call < 4; call++) statuses.push((await client.call('GET', '/servicekey/current')).status)
    expect(statuses).toEqual([200, 200, 429, 429])
  })
})
