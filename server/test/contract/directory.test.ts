import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DirectoryDraft, DirectoryKind, DirectoryLink } from '../../src/core/directory.ts'
import type { Realm } from '../../src/core/realm.ts'
import type { DirectoryChange } from '../../src/ports/directory.ts'
import type { ControlStore } from '../../src/storage/control/index.ts'
import { engines, type Host, makeClock, openStore } from './engines.ts'

const nothing: DirectoryDraft = {
  externalId: null,
  name: '',
  display: '',
  status: 'active',
  subject: null,
  object: null,
  relation: '',
  attributes: '{}',
}
const put = (kind: DirectoryKind, id: string, said: Partial<DirectoryDraft> = {}, ifVersion?: number) =>
  ({ do: 'put', kind, id, draft: { ...nothing, ...said }, ...(ifVersion === undefined ? {} : { ifVersion }) }) as const
const remove = (kind: DirectoryKind, id: string): DirectoryChange => ({ do: 'remove', kind, id })
const link = (kind: DirectoryKind, id: string): DirectoryLink => ({ kind, id })
const assigned = (user: string, role: string) =>
  put('role_assignment', `${user}-${role}`, { subject: link('user', user), object: link('role', role) })

describe.each(engines)('the directory on $engine', ({ start }) => {
  let host: Host
  let store: ControlStore
  let acme: Realm
  let globex: Realm
  const clock = makeClock()
  beforeAll(async () => {
    host = await start()
    store = await openStore(await host.freshUrl(), { now: clock.now })
    const realm = (id: string) =>
      store.control.realms.create({ tenant: { id, name: id }, community: { id: 'main', name: 'default' } }, clock.at)
    acme = (await realm('acme')).realm
    globex = (await realm('globex')).realm
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await host[Symbol.asyncDispose]()
  })
  const directory = () => store.control.directory
  const change = (realm: Realm, ...changes: DirectoryChange[]) => directory().change(realm, 'ann', clock.at, changes)

  test('keeps what was said, who made it and when, and gives each change a higher version', async () => {
    const draft = {
      externalId: 'x-1',
      name: 'Ärzte',
      display: 'Dr. Ann',
      status: 'locked',
      attributes: '{"a":"\\u0000"}',
    }
    const [made] = await change(acme, put('user', 'u1', draft))
    expect(made).toEqual({
      after: {
        ...nothing,
        ...draft,
        kind: 'user',
        id: 'u1',
        version: expect.any(Number),
        createdAt: clock.at,
        createdBy: 'ann',
        modifiedAt: clock.at,
        removed: false,
      },
    })
    expect(await directory().get(acme, 'user', 'u1')).toEqual(made?.after)
    expect(await directory().get(acme, 'group', 'u1')).toBeUndefined()
    expect(await directory().get(globex, 'user', 'u1')).toBeUndefined()
    clock.at += 1_000
    const [changed] = await directory().change(acme, 'bob', clock.at, [put('user', 'u1', { ...draft, name: 'new' })])
    expect(changed?.before).toEqual(made?.after)
    expect(changed?.after).toMatchObject({ name: 'new', createdBy: 'ann', createdAt: clock.at - 1_000 })
    expect(changed?.after?.modifiedAt).toBe(clock.at)
    expect(changed?.after?.version).toBeGreaterThan(made?.after?.version ?? 0)
    const [same] = await change(acme, put('user', 'u1', { ...draft, name: 'new' }))
    expect(same?.after).toEqual(changed?.after)
  })

  test('makes all changes of a call or none', async () => {
    const before = await directory().get(acme, 'user', 'u1')
    const refused = change(acme, put('server', 's1'), put('user', 'u1', { name: 'other' }, 1))
    await expect(refused).rejects.toMatchObject({ kind: 'conflict', details: { why: 'version' } })
    expect(await directory().get(acme, 'server', 's1')).toBeUndefined()
    expect(await directory().get(acme, 'user', 'u1')).toEqual(before)
    await expect(change(acme, put('user', 'u1', {}, 0))).rejects.toMatchObject({ details: { why: 'exists' } })
    const [fits] = await change(acme, put('user', 'u1', { name: 'fits' }, before?.version))
    expect(fits?.after?.name).toBe('fits')
  })

  test('lets a user name be there once in its realm, in capitals or not, and a relation once', async () => {
    await change(acme, put('user', 'once', { name: 'Ünique' }))
    for (const name of ['Ünique', 'ÜNIQUE'])
      await expect(change(acme, put('user', 'twice', { name }))).rejects.toMatchObject({ details: { why: 'unique' } })
    await change(globex, put('user', 'once', { name: 'Ünique' }))
    await change(
      acme,
      put('server', 'a', { name: 'same' }),
      put('server', 'b', { name: 'same' }),
      assigned('once', 'r'),
    )
    const again = { ...assigned('once', 'r'), id: 'another' }
    await expect(change(acme, again)).rejects.toMatchObject({ details: { why: 'unique' } })
    await change(acme, remove('user', 'once'), put('user', 'twice', { name: 'ünique' }))
    expect(await directory().list(acme, 'user', { where: { name: 'ÜNIQUE' }, limit: 5 })).toMatchObject([
      { id: 'twice' },
    ])
    const raced = await Promise.allSettled(
      Array.from({ length: 8 }, (_, at) => change(globex, put('user', `race${at}`, { name: 'racer' }))),
    )
    expect(raced.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('removes a thing with the relations that it is part of, and keeps its name without its attributes', async () => {
    await change(
      acme,
      put('user', 'leaver', { name: 'leaver', attributes: '{"email":"l@acme.example"}' }),
      assigned('leaver', 'admin'),
      assigned('stayer', 'admin'),
      put('hardware_token', 't', { subject: link('user', 'leaver') }),
    )
    const [gone] = await change(acme, remove('user', 'leaver'))
    expect(gone).toMatchObject({ before: { name: 'leaver' } })
    expect(await directory().get(acme, 'user', 'leaver')).toBeUndefined()
    const left = await directory().list(acme, 'role_assignment', { where: { objectId: 'admin' }, limit: 5 })
    expect(left.map(({ id }) => id)).toEqual(['stayer-admin'])
    expect(await directory().get(acme, 'hardware_token', 't')).toBeDefined()
    expect(await change(acme, remove('user', 'leaver'))).toEqual([{}])
    const rows = await directory().outbox.read(0, 1_000)
    expect(rows.find(({ object }) => object.id === 'leaver')?.object).toMatchObject({
      removed: true,
      name: 'leaver',
      attributes: '{}',
    })
    const [back] = await change(acme, put('user', 'leaver', { name: 'leaver' }))
    expect(back).toMatchObject({ after: { removed: false, attributes: '{}', createdAt: clock.at } })
  })

  test('lists by pages, narrowed, and counts', async () => {
    await change(
      globex,
      ...Array.from({ length: 7 }, (_, at) =>
        put('account', `acc${at}`, { status: at % 2 ? 'off' : 'active', externalId: `e${at}` }),
      ),
    )
    const seen: string[] = []
    for (let after: string | undefined; ; ) {
      const page = await directory().list(globex, 'account', { limit: 3, ...(after === undefined ? {} : { after }) })
      seen.push(...page.map(({ id }) => id))
      after = page.at(-1)?.id
      if (page.length < 3) break
    }
    expect(seen).toEqual(['acc0', 'acc1', 'acc2', 'acc3', 'acc4', 'acc5', 'acc6'])
    const where = { status: 'off' }
    expect(await directory().count(globex, 'account', where)).toBe(3)
    expect(await directory().list(globex, 'account', { where, skip: 1, limit: 1 })).toMatchObject([{ id: 'acc3' }])
    expect(await directory().list(globex, 'account', { where: { externalId: 'e4' }, limit: 9 })).toHaveLength(1)
    expect(await directory().count(globex, 'account', { ids: [] })).toBe(0)
    expect(await directory().count(acme, 'account')).toBe(0)
  })

  test('hands the mirror every change once its mark is behind it, to one holder at a time', async () => {
    const { outbox } = directory()
    const rows = await outbox.read(0, 1_000)
    const versions = rows.map(({ object }) => object.version)
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
    const last = versions.at(-1) ?? 0
    expect(await outbox.waiting(globex)).toBeGreaterThan(0)
    const lease = await outbox.lease('first', 5_000)
    expect(await outbox.lease('second', 5_000)).toBeNull()
    if (!lease) throw new Error('no lease')
    await outbox.settle(lease, last)
    expect(await Promise.all([outbox.mark(), outbox.waiting(globex), outbox.waiting(acme)])).toEqual([last, 0, 0])
    expect(await outbox.read(last, 10)).toEqual([])
    const [changed] = await change(acme, put('safe', 'late'))
    expect(await outbox.waiting(acme)).toBe(changed?.after?.version)
    expect(await outbox.waiting(globex)).toBe(0)
    clock.at += 5_001
    const second = await outbox.lease('second', 5_000)
    expect(second?.fence).toBeGreaterThan(lease.fence)
    await expect(outbox.settle(lease, last + 1)).rejects.toThrow('no longer held')
    expect(await outbox.mark()).toBe(last)
  })

  test('goes with its realm, and takes nothing for a realm that was removed', async () => {
    const count = (await directory().outbox.read(0, 10_000)).filter(
      ({ realm, object }) => realm.tenantId === 'globex' && !object.removed,
    ).length
    expect(count).toBeGreaterThan(7)
    await store.control.realms.remove(globex)
    const after = await directory().outbox.read(0, 10_000)
    expect(after.filter(({ realm, object }) => realm.tenantId === 'globex' && !object.removed)).toEqual([])
    expect(new Set(after.map(({ object }) => object.version)).size).toBe(after.length)
    await expect(change(globex, put('safe', 's'))).rejects.toMatchObject({ kind: 'unknown-realm' })
    expect(await directory().count(acme, 'user')).toBeGreaterThan(0)
  })
})
