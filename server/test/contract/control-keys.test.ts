import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintRealm } from '../../src/core/realm.ts'
import type { KeyRecord, ServiceKeyRecord } from '../../src/ports/control.ts'
import { engines, type Host, openStore } from './engines.ts'

const NOW = Date.UTC(2026, 0, 15)
const realm = mintRealm('t', 'c')
const secret = (n: number): Uint8Array => new Uint8Array(32).fill(n)

const keyOf = (id: string, over: Partial<KeyRecord> = {}): KeyRecord => ({
  id,
  kind: 'api',
  name: `key ${id}`,
  realm,
  authLevel: null,
  user: null,
  roles: null,
  disabled: false,
  expiresAt: null,
  createdAt: NOW,
  tag: null,
  keyId: null,
  description: null,
  modules: null,
  ...over,
})

const serviceKey = (keyId: string, over: Partial<ServiceKeyRecord> = {}): ServiceKeyRecord => ({
  keyId,
  service: 'events',
  sealedSecret: new Uint8Array([1, 2, 3, 0]),
  createdAt: NOW,
  retiredAt: null,
  ...over,
})

/** Writes into a store as a later version of the program would have. */
const pretendNewer = async (url: string): Promise<void> => {
  const sql = "insert into migration (number, name) values (999, 'later')"
  if (url.startsWith('sqlite:')) {
    using file = new DatabaseSync(join(url.slice('sqlite:'.length), 'control.db'))
    file.exec(sql)
  } else {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(sql)
    await client.end()
  }
}

describe.each(engines)('the keys on $engine', ({ start }) => {
  let host: Host
  beforeAll(async () => {
    host = await start()
  })
  afterAll(() => host[Symbol.asyncDispose]())
  const fresh = async () => openStore(await host.freshUrl())

  test('keeps every field of a key and finds it by secret, tag and key id', async () => {
    await using store = await fresh()
    const { keys } = store.control
    const full = keyOf('a', {
      kind: 'license',
      authLevel: 'tenant',
      user: 'someone',
      roles: ['events.read', 'reports.run'],
      disabled: true,
      expiresAt: NOW + 5_000_000_000,
      tag: 'tag',
      keyId: 'kid',
      description: 'two\nlines',
      modules: '{"a":1}',
    })
    const bare = keyOf('b', { realm: null })
    await keys.create(full, secret(1))
    await keys.create(bare, secret(2))
    expect(await keys.bySecret(secret(1))).toEqual(full)
    expect(await keys.byTag('tag')).toEqual(full)
    expect(await keys.byKeyId('kid')).toEqual(full)
    expect(await keys.bySecret(secret(2))).toEqual(bare)
    expect(await keys.bySecret(secret(3))).toBeUndefined()
    expect(await keys.byTag('none')).toBeUndefined()
  })

  test('refuses a secret, tag, key id or id that is in use, naming which', async () => {
    await using store = await fresh()
    const { keys } = store.control
    await keys.create(keyOf('a', { tag: 'tag', keyId: 'kid' }), secret(1))
    const refused = (record: KeyRecord, n: number, what: string) =>
      expect(keys.create(record, secret(n))).rejects.toMatchObject({ kind: 'conflict', details: { what } })
    await refused(keyOf('b'), 1, 'secret')
    await refused(keyOf('b', { tag: 'tag' }), 2, 'tag')
    await refused(keyOf('b', { keyId: 'kid' }), 2, 'keyId')
    await refused(keyOf('a'), 2, 'id')
    await keys.create(keyOf('b'), secret(2))
  })

  test('lists by realm and page, updates what is said, and removes with the grants', async () => {
    await using store = await fresh()
    const { keys, grants } = store.control
    for (const [n, id] of ['c', 'a', 'b'].entries()) await keys.create(keyOf(id), secret(n))
    await keys.create(keyOf('d', { realm: mintRealm('t', 'else') }), secret(9))
    expect((await keys.list({ realm, limit: 2 })).map(({ id }) => id)).toEqual(['a', 'b'])
    expect((await keys.list({ realm, limit: 2, after: 'b' })).map(({ id }) => id)).toEqual(['c'])
    expect(await keys.list({ limit: 9 })).toHaveLength(4)
    expect(await keys.update('a', { disabled: true, expiresAt: NOW, description: 'x', modules: '{}' })).toBe(true)
    expect(await keys.bySecret(secret(1))).toEqual(
      keyOf('a', { disabled: true, expiresAt: NOW, description: 'x', modules: '{}' }),
    )
    expect(await keys.update('a', { expiresAt: null, name: 'renamed', authLevel: 'system' })).toBe(true)
    expect(await keys.bySecret(secret(1))).toMatchObject({ expiresAt: null, name: 'renamed', disabled: true })
    expect(await keys.update('none', { disabled: true })).toBe(false)
    expect(await keys.update('a', {})).toBe(true)
    await grants.put({ keyId: 'a', realm, isAuthorized: true, expiresAt: null })
    expect(await keys.remove('a')).toBe(true)
    expect(await keys.remove('a')).toBe(false)
    expect(await grants.of('a')).toEqual([])
  })

  test('puts, replaces and removes grants', async () => {
    await using store = await fresh()
    const { grants } = store.control
    const grant = { keyId: 'a', realm, isAuthorized: true, expiresAt: NOW }
    await grants.put(grant)
    await grants.put({ ...grant, isAuthorized: false, expiresAt: null })
    await grants.put({ ...grant, realm: mintRealm('t', 'd') })
    expect(await grants.of('a')).toEqual([
      { ...grant, isAuthorized: false, expiresAt: null },
      { ...grant, realm: mintRealm('t', 'd') },
    ])
    expect(await grants.remove('a', realm)).toBe(true)
    expect(await grants.remove('a', realm)).toBe(false)
    expect(await grants.of('a')).toHaveLength(1)
  })

  test('raises the version with every change, and only then', async () => {
    await using store = await fresh()
    const { realms, keys, grants, serviceKeys } = store.control
    let version = await keys.version()
    const raised = async (): Promise<boolean> => {
      const before = version
      version = await keys.version()
      return version > before
    }
    expect(await raised()).toBe(false)
    await realms.create({ tenant: { id: 't', name: 'T' }, community: { id: 'c', name: 'C' } }, NOW)
    expect(await raised()).toBe(true)
    await keys.create(keyOf('a'), secret(1))
    expect(await raised()).toBe(true)
    await keys.update('a', { disabled: true })
    expect(await raised()).toBe(true)
    await grants.put({ keyId: 'a', realm, isAuthorized: true, expiresAt: null })
    expect(await raised()).toBe(true)
    await serviceKeys.ensure(serviceKey('s'))
    expect(await raised()).toBe(true)
    await serviceKeys.ensure(serviceKey('s2'))
    await keys.bySecret(secret(1))
    expect(await raised()).toBe(false)
    await keys.remove('a')
    expect(await raised()).toBe(true)
    await realms.remove(realm)
    expect(await raised()).toBe(true)
  })

  test('lets racing processes agree on the first service key of each service', async () => {
    await using store = await fresh()
    const { serviceKeys } = store.control
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => serviceKeys.ensure(serviceKey(`k${n}`))))
    expect(new Set(answers.map(({ keyId }) => keyId)).size).toBe(1)
    expect(await serviceKeys.list('events')).toEqual([answers[0]])
    const reports = serviceKey('other', { service: 'reports' })
    expect(await serviceKeys.ensure(reports)).toEqual(reports)
  })

  test('replaces a service key once, lists the current one first, and forgets those retired long ago', async () => {
    await using store = await fresh()
    const { serviceKeys } = store.control
    await serviceKeys.ensure(serviceKey('a'))
    const replaced = await Promise.all(
      ['b', 'c'].map((id) => serviceKeys.replace('a', serviceKey(id, { createdAt: NOW + 1 }), NOW + 1)),
    )
    expect(replaced.filter(Boolean)).toHaveLength(1)
    const listed = await serviceKeys.list('events')
    expect(listed.map(({ retiredAt }) => retiredAt)).toEqual([null, NOW + 1])
    expect(listed[1]).toEqual(serviceKey('a', { retiredAt: NOW + 1 }))
    expect(await serviceKeys.replace('a', serviceKey('d'), NOW)).toBe(false)
    expect(await serviceKeys.reseal((sealed) => sealed.map((byte) => byte + 1))).toBe(2)
    expect((await serviceKeys.list('events')).map(({ sealedSecret }) => [...sealedSecret])).toEqual([
      [2, 3, 4, 1],
      [2, 3, 4, 1],
    ])
    await expect(
      serviceKeys.reseal(() => {
        throw new Error('wrong key')
      }),
    ).rejects.toThrow('wrong key')
    expect(await serviceKeys.forget(NOW + 1)).toBe(0)
    expect(await serviceKeys.forget(NOW + 2)).toBe(1)
    expect(await serviceKeys.list('events')).toHaveLength(1)
  })

  test('keeps everything over a restart, and answers that it is there', async () => {
    const url = await host.freshUrl()
    const before = await openStore(url)
    await before.control.keys.create(keyOf('a'), secret(1))
    const version = await before.control.keys.version()
    await before[Symbol.asyncDispose]()
    await using after = await openStore(url)
    expect(await after.control.keys.bySecret(secret(1))).toEqual(keyOf('a'))
    expect(await after.control.keys.version()).toBeGreaterThanOrEqual(version)
    expect(await after.control.ping()).toBe(true)
  })

  test('refuses a store that a newer program wrote, and says what to do', async () => {
    const url = await host.freshUrl()
    await (await openStore(url))[Symbol.asyncDispose]()
    await pretendNewer(url)
    await expect(openStore(url)).rejects.toThrow(/newer Rollcall.*Start the newer version/)
  })

  test('refuses an address that is none', async () => {
    await expect(openStore('mysql://x')).rejects.toThrow(/sqlite:<folder> or postgres/)
  })
})
