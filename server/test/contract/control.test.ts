import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintRealm, realmKey } from '../../src/core/realm.ts'
import { engines, type Host, openStore } from './engines.ts'

const NOW = Date.UTC(2026, 0, 15)
const conflict = (what: string) => ({ kind: 'conflict', details: { what } })

describe.each(engines)('the realms on $engine', ({ start }) => {
  let host: Host
  beforeAll(async () => {
    host = await start()
  })
  afterAll(() => host[Symbol.asyncDispose]())
  const fresh = async () => openStore(await host.freshUrl())

  test('creates a realm with ids of 24 hex digits, a tag out of the name and dns names in small letters', async () => {
    await using store = await fresh()
    const { realms } = store.control
    const made = await realms.create(
      { tenant: { name: 'Acmé & Söhne', dns: ['ID.Acme.example', 'id.acme.example'] }, community: { name: 'Default' } },
      NOW,
    )
    expect(made.tenant).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      tag: expect.stringMatching(/^acme/),
      name: 'Acmé & Söhne',
      dns: ['id.acme.example'],
    })
    expect(made.community).toEqual({ id: expect.stringMatching(/^[0-9a-f]{24}$/), name: 'Default' })
    expect(made).toMatchObject({ timezone: null, createdAt: NOW })
    expect(made.realm).toEqual({ tenantId: made.tenant.id, communityId: made.community.id })
    expect(await realms.get(made.tenant.id, made.community.id)).toEqual(made)
    expect(await realms.get(made.tenant.id, 'none')).toBeUndefined()
  })

  test('takes any opaque id of up to 128 characters, and refuses longer ones and control characters', async () => {
    await using store = await fresh()
    const { realms } = store.control
    const id = `ö/:'"%${'x'.repeat(122)}`
    const made = await realms.create({ tenant: { id, name: 'T' }, community: { id, name: 'C' }, timezone: 'UTC' }, NOW)
    expect(await realms.get(id, id)).toEqual(made)
    for (const wrong of ['', 'x'.repeat(129), 'a\nb', 'a\0b', 'a\ud800'])
      for (const draft of [
        { tenant: { id: wrong, name: 'T' }, community: { name: 'C' } },
        { tenant: { name: 'T' }, community: { id: wrong, name: 'C' } },
      ])
        await expect(realms.create(draft, NOW)).rejects.toMatchObject({ kind: 'invalid' })
    for (const name of ['', 'a\0b', 'x'.repeat(257)])
      await expect(realms.create({ tenant: { name }, community: { name } }, NOW)).rejects.toMatchObject({
        kind: 'invalid',
        details: { issues: [{ name: 'community.name' }] },
      })
    const spaced = { tenant: { name: 'T', dns: ['not a name'] }, community: { name: 'C' } }
    await expect(realms.create(spaced, NOW)).rejects.toMatchObject({ kind: 'invalid' })
    await expect(realms.get('a\0b', 'c')).rejects.toMatchObject({ kind: 'invalid' })
  })

  test('finds the tenant of a host by its dns names, else by its tag', async () => {
    await using store = await fresh()
    const { realms } = store.control
    const make = (id: string, tag: string, dns: string[]) =>
      realms.create({ tenant: { id, tag, name: id, dns }, community: { name: 'default' } }, NOW)
    await make('t1', 'Acme', ['login.acme.example', 'umbrella.example:8443'])
    await make('t2', 'umbrella', [])
    const found = await Promise.all(
      [
        'ACME.id.example',
        'acme.id.example:8484',
        'login.acme.example:1',
        'umbrella.example:8443',
        'Umbrella.example',
      ].map((host) => realms.tenantOfHost(host)),
    )
    expect(found).toEqual(['t1', 't1', 't1', 't1', 't2'])
    for (const host of ['', 'acme', '127.0.0.1', '[::1]:80', 'other.example', '.acme', "x' or 1=1.example"])
      expect([host, await realms.tenantOfHost(host)]).toEqual([host, undefined])
  })

  test('shares a tenant between its communities, and keeps what is stored of it', async () => {
    await using store = await fresh()
    const { realms } = store.control
    const first = await realms.create(
      { tenant: { id: 't', tag: 'tag', name: 'First', dns: ['a.example'] }, community: { id: 'c1', name: 'One' } },
      NOW,
    )
    const second = await realms.create(
      { tenant: { id: 't', name: 'Second', dns: ['a.example'] }, community: { id: 'c2', name: 'Two' } },
      NOW,
    )
    expect(second.tenant).toEqual(first.tenant)
    const elsewhere = await realms.create({ tenant: { name: 'First' }, community: { id: 'c1', name: 'One' } }, NOW)
    expect(elsewhere.tenant.id).not.toBe('t')
    const sameTag = await realms.create({ tenant: { name: 'First' }, community: { name: 'One' } }, NOW)
    expect(sameTag.tenant.tag).not.toBe(elsewhere.tenant.tag)
  })

  test('refuses a realm, a community name, a tag or a dns name that is taken, and adds nothing then', async () => {
    await using store = await fresh()
    const { realms } = store.control
    await realms.create(
      { tenant: { id: 't', tag: 'tag', name: 'T', dns: ['a.example'] }, community: { id: 'c', name: 'One' } },
      NOW,
    )
    const version = await store.control.keys.version()
    const create = (tenant: object, community: object) =>
      realms.create({ tenant: { name: 'T', ...tenant }, community: { name: 'Two', ...community } }, NOW)
    await expect(create({ id: 't' }, { id: 'c' })).rejects.toMatchObject(conflict('realm'))
    await expect(create({ id: 't' }, { name: 'One' })).rejects.toMatchObject(conflict('community'))
    await expect(create({ id: 'u', tag: 'tag' }, {})).rejects.toMatchObject(conflict('tag'))
    await expect(create({ id: 'u', dns: ['A.example'] }, {})).rejects.toMatchObject(conflict('dns'))
    expect(await realms.list({ limit: 10 })).toHaveLength(1)
    expect(await realms.find({ tenantId: 'u' })).toBeUndefined()
    expect(await store.control.keys.version()).toBe(version)
  })

  test('lets exactly one of many create the same realm at once', async () => {
    const url = await host.freshUrl()
    await using store = await openStore(url)
    const draft = { tenant: { id: 't', name: 'T', dns: ['a.example'] }, community: { id: 'c', name: 'One' } }
    const answers = await Promise.allSettled(Array.from({ length: 12 }, () => store.control.realms.create(draft, NOW)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ kind: 'conflict' })
  })

  test('finds a realm by dns name or tenant, and by id or name of the community, heeding case before not heeding it', async () => {
    await using store = await fresh()
    const { realms } = store.control
    const tenant = { id: 't', name: 'T', dns: ['a.example'] }
    const upper = await realms.create({ tenant, community: { id: 'c1', name: 'Default' } }, NOW)
    const lower = await realms.create({ tenant, community: { id: 'c2', name: 'default' } }, NOW)
    const umlaut = await realms.create({ tenant: { id: 'u', name: 'U' }, community: { id: 'c3', name: 'ÄPFEL' } }, NOW)
    expect(await realms.find({ dns: 'A.Example', communityName: 'Default' })).toEqual(upper)
    expect(await realms.find({ tenantId: 't', communityName: 'default' })).toEqual(lower)
    expect(await realms.find({ tenantId: 't', communityName: 'DEFAULT' })).toBeUndefined()
    expect(await realms.find({ communityName: 'äpfel' })).toEqual(umlaut)
    expect(await realms.find({ communityId: 'c2' })).toEqual(lower)
    expect(await realms.find({ tenantId: 'u' })).toEqual(umlaut)
    expect(await realms.find({ tenantId: 't' })).toBeUndefined()
    expect(await realms.find({ tenantId: 'u', dns: 'a.example', communityId: 'c3' })).toBeUndefined()
    expect(await realms.find({})).toBeUndefined()
  })

  test('lists by pages in a stable order', async () => {
    await using store = await fresh()
    const { realms } = store.control
    for (const [tenant, community] of ['b/2', 'a/1', 'b/1', 'c/1', 'a/2'].map((pair) => pair.split('/')))
      if (tenant && community)
        await realms.create(
          { tenant: { id: tenant, name: tenant }, community: { id: community, name: community } },
          NOW,
        )
    const seen: string[] = []
    for (let after: string | undefined; ; ) {
      const page = await realms.list({ limit: 2, ...(after === undefined ? {} : { after }) })
      const last = page.at(-1)
      if (!last) break
      seen.push(...page.map(({ realm }) => `${realm.tenantId}/${realm.communityId}`))
      after = realmKey(last.realm)
    }
    expect(seen).toEqual(['a/1', 'a/2', 'b/1', 'b/2', 'c/1'])
  })

  test('updates names, tag, dns names and zone, and refuses what another tenant has', async () => {
    await using store = await fresh()
    const { realms } = store.control
    const { realm } = await realms.create(
      { tenant: { id: 't', name: 'T', dns: ['a.example'] }, community: { id: 'c', name: 'One' } },
      NOW,
    )
    await realms.create(
      { tenant: { id: 'u', tag: 'u', name: 'U', dns: ['u.example'] }, community: { id: 'c', name: 'One' } },
      NOW,
    )
    const changed = await realms.update(realm, {
      tenant: { name: 'New', tag: 'new', dns: ['B.example', 'a.example'] },
      community: { name: 'Two' },
      timezone: 'Europe/Zurich',
    })
    expect(changed).toMatchObject({
      tenant: { name: 'New', tag: 'new', dns: ['b.example', 'a.example'] },
      community: { name: 'Two' },
      timezone: 'Europe/Zurich',
    })
    expect(await realms.find({ tenantId: 't', communityName: 'TWO' })).toEqual(changed)
    expect(await realms.update(realm, { timezone: null })).toEqual({ ...changed, timezone: null, clock: 3 })
    await expect(realms.update(realm, { tenant: { tag: 'u' } })).rejects.toMatchObject(conflict('tag'))
    await expect(realms.update(realm, { tenant: { dns: ['u.example'] } })).rejects.toMatchObject(conflict('dns'))
    expect(await realms.update(mintRealm('t', 'none'), { timezone: null })).toBeUndefined()
  })

  test('gives realms without a zone a clock and a job when the zone of such realms changes', async () => {
    await using store = await fresh()
    const { realms } = store.control
    const create = (id: string, zone: { readonly timezone?: string }) =>
      realms.create({ tenant: { id, name: id }, community: { id: 'c', name: 'C' }, ...zone }, NOW)
    const [without, own] = [await create('a', {}), await create('b', { timezone: 'UTC' })]
    expect(await realms.standardZone('UTC')).toEqual({ before: null, realms: 0 })
    expect(await realms.standardZone('UTC')).toEqual({ before: 'UTC', realms: 0 })
    expect(await realms.standardZone('Asia/Kolkata')).toEqual({ before: 'UTC', realms: 1 })
    expect(await realms.get('a', 'c')).toEqual({ ...without, clock: 2 })
    expect(await realms.get('b', 'c')).toEqual(own)
    const lease = { kinds: ['recount'], holder: 'h', now: NOW * 2, leaseMs: 1_000 }
    expect((await store.control.jobs.claim(lease))?.job).toMatchObject({ realm: without.realm, payload: { clock: 2 } })
    expect(await store.control.jobs.claim(lease)).toBeUndefined()
  })

  test('removes a realm with its keys and grants, and the tenant with its last community', async () => {
    await using store = await fresh()
    const { realms, keys, grants } = store.control
    const tenant = { id: 't', name: 'T', dns: ['a.example'] }
    const one = await realms.create({ tenant, community: { id: 'c1', name: 'One' } }, NOW)
    const two = await realms.create({ tenant, community: { id: 'c2', name: 'Two' } }, NOW)
    const key = {
      id: 'k',
      kind: 'license' as const,
      name: 'k',
      realm: one.realm,
      authLevel: null,
      user: null,
      roles: null,
      disabled: false,
      expiresAt: null,
      createdAt: NOW,
      tag: null,
      keyId: 'kid',
      description: null,
      modules: null,
    }
    await keys.create(key, new Uint8Array(32))
    for (const keyId of ['k', 'kid', 'else'])
      for (const { realm } of [one, two]) await grants.put({ keyId, realm, isAuthorized: true, expiresAt: null })
    expect(await realms.remove(one.realm)).toBe(true)
    expect(await realms.remove(one.realm)).toBe(false)
    expect(await keys.byKeyId('kid')).toBeUndefined()
    expect(await Promise.all(['k', 'kid', 'else'].map(async (id) => (await grants.of(id)).length))).toEqual([0, 0, 1])
    expect(await realms.get('t', 'c2')).toEqual(two)
    await realms.remove(two.realm)
    const again = { tenant: { id: 'u', name: 'U', dns: ['a.example'] }, community: { name: 'One' } }
    expect((await realms.create(again, NOW)).tenant.dns).toEqual(['a.example'])
  })
})
