import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from '../../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const ask = async (key: string | undefined, method: string, path: string, body?: unknown) => {
  const response = await fetch(`${world.url}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, type: response.headers.get('content-type'), body: text ? JSON.parse(text) : null }
}

describe('realms', () => {
  it('are created with ids of 24 hex digits, shown, changed and removed', async () => {
    const made = await world.call('POST', '/v1/realms', {
      tenant: { name: 'Acme', dns: ['acme.example'] },
      community: { name: 'default' },
      timezone: 'Europe/Zurich',
    })
    expect(made.status).toBe(201)
    const realm = made.body as { tenant: { id: string; dns: string[] }; community: { id: string }; timezone: string }
    expect(realm.tenant.id).toMatch(/^[0-9a-f]{24}$/)
    expect(realm.community.id).toMatch(/^[0-9a-f]{24}$/)
    expect(realm).toMatchObject({ tenant: { name: 'Acme', dns: ['acme.example'] }, timezone: 'Europe/Zurich' })
    const path = `/v1/realms/${realm.tenant.id}/${realm.community.id}`
    expect(await world.call('GET', path)).toEqual({ status: 200, body: made.body })
    const changed = await world.call('PATCH', path, { tenant: { name: 'Acme Ltd' }, timezone: null })
    expect(changed.body).toMatchObject({ tenant: { name: 'Acme Ltd', dns: ['acme.example'] }, timezone: null })
    expect((await world.call('DELETE', path)).status).toBe(204)
    expect((await world.call('GET', path)).status).toBe(404)
  })

  it('take any opaque ids, and refuse the same pair twice', async () => {
    const draft = { tenant: { id: 'bank-1', name: 'Bank' }, community: { id: 'staff', name: 'Staff' } }
    expect((await world.call('POST', '/v1/realms', draft)).status).toBe(201)
    const again = await world.call('POST', '/v1/realms', draft)
    expect(again.status).toBe(409)
    expect(again.body).toMatchObject({ type: 'urn:rollcall:problem:conflict', status: 409 })
  })

  it('never have an id that an address cannot carry', async () => {
    for (const id of ['.', '..', 'a/b', 'a b']) {
      const draft = { tenant: { id, name: 'Dots' }, community: { name: 'default' } }
      expect((await world.call('POST', '/v1/realms', draft)).status).toBe(400)
      const other = { tenant: { name: 'Dots' }, community: { id, name: 'default' } }
      expect((await world.call('POST', '/v1/realms', other)).status).toBe(400)
    }
  })

  it('are listed page by page', async () => {
    await world.realm()
    await world.realm()
    await world.realm()
    const seen: string[] = []
    for (let after: string | null = ''; after !== null; ) {
      const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`
      const page = (await world.call('GET', `/v1/realms?limit=2${query}`)).body as {
        realms: { tenant: { id: string } }[]
        next: string | null
      }
      expect(page.realms.length).toBeLessThanOrEqual(2)
      seen.push(...page.realms.map((realm) => realm.tenant.id))
      after = page.next
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThanOrEqual(4)
  })

  it.each([
    [{ community: { name: 'x' } }, 'tenant'],
    [{ tenant: { name: 'x' }, community: {} }, 'community.name'],
    [{ tenant: { name: 5 }, community: { name: 'x' } }, 'tenant.name'],
    [{ tenant: { name: 'x', id: 'a/b' }, community: { name: 'x' } }, 'tenant.id'],
    [{ tenant: { name: 'x' }, community: { name: 'x' }, colour: 'red' }, 'colour'],
    [{ tenant: { name: 'x' }, community: { name: 'x' }, timezone: 'Mars/Olympus' }, 'timezone'],
    [[], ''],
  ])('refuse %j naming the field', async (body, name) => {
    const answer = await world.call('POST', '/v1/realms', body)
    expect(answer.status).toBe(400)
    const { issues } = answer.body as { issues: { name: string; message: string }[] }
    expect(issues.map((issue) => issue.name)).toEqual([name])
    expect(issues[0]?.message).toContain(name)
  })
})

describe('keys', () => {
  it('are made with a secret that is told once, listed without it, and stop working when removed', async () => {
    const realm = await world.realm()
    const made = await world.call('POST', '/v1/keys', { kind: 'api', name: 'dashboard', realm })
    expect(made.status).toBe(201)
    const { id, secret } = made.body as { id: string; secret: string }
    const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
    expect((await ask(secret, 'GET', path)).status).toBe(200)
    const listed = await world.call('GET', `/v1/keys?tenantId=${realm.tenantId}&communityId=${realm.communityId}`)
    expect(JSON.stringify(listed.body)).not.toContain(secret)
    expect((listed.body as { keys: { id: string }[] }).keys.map((key) => key.id)).toEqual([id])
    expect((await world.call('DELETE', `/v1/keys/${id}`)).status).toBe(204)
    expect((await ask(secret, 'GET', path)).status).toBe(401)
    expect((await world.call('DELETE', `/v1/keys/${id}`)).status).toBe(404)
  })

  it('of one realm open that realm only, and nothing of the operator', async () => {
    const [own, other] = [await world.realm(), await world.realm()]
    const key = await world.apiKey(own)
    expect((await ask(key, 'GET', `/v1/realms/${own.tenantId}/${own.communityId}`)).status).toBe(200)
    for (const [method, path, body] of [
      ['GET', `/v1/realms/${other.tenantId}/${other.communityId}`],
      ['GET', `/v1/realms/${other.tenantId}/${other.communityId}/events`],
      ['POST', `/v1/realms/${other.tenantId}/${other.communityId}/events`, { event_name: 'login' }],
      ['POST', `/v1/realms/${other.tenantId}/${other.communityId}/reports/event-search`, {}],
      ['GET', '/v1/realms/nobody/nowhere/events'],
      ['GET', '/v1/keys'],
      ['POST', '/v1/keys', { kind: 'api', name: 'x' }],
      ['POST', '/v1/realms', { tenant: { name: 'x' }, community: { name: 'x' } }],
      ['DELETE', `/v1/realms/${own.tenantId}/${own.communityId}`],
      ['GET', '/v1/set-aside'],
    ] as const) {
      const answer = await ask(key, method, path, body)
      expect([path, answer.status]).toEqual([path, 403])
      expect(answer.type).toContain('application/problem+json')
    }
    const listed = await ask(key, 'GET', '/v1/realms')
    expect(listed.body.realms).toHaveLength(1)
  })

  it('that are missing, malformed or unknown answer 401 and say how to send one', async () => {
    for (const key of [undefined, 'unknown-key-of-nobody']) {
      const answer = await ask(key, 'GET', '/v1/reports')
      expect(answer.status).toBe(401)
      expect(answer.body).toMatchObject({ type: 'urn:rollcall:problem:unauthenticated' })
    }
    const basic = await fetch(`${world.url}/v1/reports`, { headers: { authorization: 'Basic YTpi' } })
    expect(basic.status).toBe(401)
    expect(basic.headers.get('www-authenticate')).toContain('Bearer')
    await basic.text()
  })

  it('of the 1Kosmos surface do not open this one', async () => {
    const licence = await world.licence(undefined, 'system')
    expect((await ask(licence, 'GET', '/v1/reports')).status).toBe(401)
  })

  it('expire', async () => {
    const past = await world.call('POST', '/v1/keys', { kind: 'api', name: 'x', expiresAt: '2020-01-01' })
    expect(past.status).toBe(400)
    expect((past.body as { issues: { name: string }[] }).issues[0]?.name).toBe('expiresAt')
    const soon = Date.now() + 400
    const made = await world.call('POST', '/v1/keys', { kind: 'api', name: 'x', expiresAt: soon })
    const { secret, expiresAt } = made.body as { secret: string; expiresAt: string }
    expect(Date.parse(expiresAt)).toBe(soon)
    await new Promise((resolve) => setTimeout(resolve, soon + 50 - Date.now()))
    expect((await ask(secret, 'GET', '/v1/reports')).status).toBe(401)
  })

  it.each([
    [{ name: 'x' }, 'kind'],
    [{ kind: 'root', name: 'x' }, 'kind'],
    [{ kind: 'license', name: 'x' }, 'authLevel'],
    [{ kind: 'license', name: 'x', authLevel: 'tenant' }, 'realm'],
    [{ kind: 'api', name: 'x', realm: { tenantId: 'no', communityId: 'where' } }, 'realm'],
    [{ kind: 'api', name: 'x', expiresAt: 'soon' }, 'expiresAt'],
    [{ kind: 'api', name: 'x', roles: 'all' }, 'roles'],
    [{ kind: 'api', name: 'x', roles: ['reader', 'reader'] }, 'roles'],
    [{ kind: 'api', name: 'x', roles: ['operator'] }, 'realm'],
    [{ kind: 'license', name: 'x', authLevel: 'system', roles: ['reader'] }, 'roles'],
    [{ kind: 'api', name: 'x', user: 'an\nna' }, 'user'],
  ])('refuse %j naming the field', async (body, name) => {
    const answer = await world.call('POST', '/v1/keys', body)
    expect(answer.status).toBe(400)
    expect((answer.body as { issues: { name: string }[] }).issues.map((issue) => issue.name)).toEqual([name])
  })
})
