import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Realm } from '../../src/core/realm.ts'
import type { Aim, NewRun, NewSubscription, SubscriptionRecord } from '../../src/ports/subscriptions.ts'
import type { ControlStore } from '../../src/storage/control/index.ts'
import { engines, type Host, openStore } from './engines.ts'

const NOW = Date.UTC(2026, 0, 15, 12)
const DAY = 86_400_000

const aim = (over: Partial<Aim> = {}): Aim => ({
  zone: 'UTC',
  standing: { start: '2026-01-15', covered: null },
  due: NOW + DAY,
  ...over,
})

const newOne = (id: string, over: Partial<NewSubscription> = {}): NewSubscription => ({
  id,
  owner: { user: 'ann', key: 'key-1' },
  subject: { report: 'last-seen' },
  question: { params: { a: [1, 'x'] }, filter: null, order: ['-user_id'], wrote: { user_id: 'ann' } },
  formats: ['pdf', 'csv'],
  recipients: [
    { channel: 'email', address: 'ann@example.com' },
    { channel: 'webhook', address: 'https://example.com/hook' },
  ],
  cadence: 'day',
  time: '06:00',
  paused: false,
  aim: aim(),
  sealedSecret: new Uint8Array([1, 0, 2]),
  createdBy: 'ann',
  createdAt: NOW,
  modifiedAt: NOW,
  ...over,
})

const seen = (realm: Realm, { sealedSecret, ...one }: NewSubscription): SubscriptionRecord => ({
  ...one,
  realm,
  signed: sealedSecret !== null,
})

const newRun = (id: string, period: string, over: Partial<NewRun> = {}): NewRun => ({
  id,
  period,
  from: NOW - DAY,
  to: NOW,
  zone: 'UTC',
  byHand: false,
  dueAt: NOW,
  state: 'pending',
  reason: null,
  ...over,
})

describe.each(engines)('subscriptions on $engine', ({ start }) => {
  let host: Host
  let store: ControlStore
  let made = 0
  beforeAll(async () => {
    host = await start()
    store = await openStore(await host.freshUrl())
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await host[Symbol.asyncDispose]()
  })
  /** Two realms of their own in the one store; nothing of them is left after. */
  const fresh = async (): Promise<{ store: ControlStore; realm: Realm; other: Realm } & AsyncDisposable> => {
    made += 1
    const make = async (community: string) => {
      const draft = { tenant: { id: 't', name: 'T' }, community: { id: community, name: community } }
      return (await store.control.realms.create(draft, NOW)).realm
    }
    const [realm, other] = [await make(`c${made}`), await make(`d${made}`)]
    return {
      store,
      realm,
      other,
      async [Symbol.asyncDispose]() {
        for (const one of [realm, other]) {
          const { jobs } = await store.control.jobs.list(one, { kinds: ['send-report'], skip: 0, size: 99 })
          for (const { id } of jobs) await store.control.jobs.cancel(one, id, NOW)
          await store.control.realms.remove(one)
        }
      },
    }
  }
  const claim = (store: ControlStore, now = NOW) =>
    store.control.jobs.claim({ kinds: ['send-report'], holder: 'worker', now, leaseMs: 1_000 })

  test('keeps every field, by realm, and its secret apart', async () => {
    await using at = await fresh()
    const { subscriptions } = at.store.control
    const one = newOne('b')
    expect(await subscriptions.create(at.realm, one)).toEqual(seen(at.realm, one))
    expect(await subscriptions.get(at.realm, 'b')).toEqual(seen(at.realm, one))
    expect(await subscriptions.get(at.other, 'b')).toBeUndefined()
    expect(Buffer.from((await subscriptions.secret('b')) ?? [])).toEqual(Buffer.from([1, 0, 2]))
    await subscriptions.create(at.realm, newOne('a', { owner: { user: 'bob', key: null }, sealedSecret: null }))
    await subscriptions.create(at.realm, newOne('c', { subject: { definition: '7' } }))
    const ids = async (options: Parameters<typeof subscriptions.list>[1]) =>
      (await subscriptions.list(at.realm, options)).map(({ id }) => id)
    expect(await ids({ limit: 9 })).toEqual(['a', 'b', 'c'])
    expect(await ids({ limit: 1, after: 'a' })).toEqual(['b'])
    expect(await ids({ limit: 9, owner: 'ann' })).toEqual(['b', 'c'])
    expect(await ids({ limit: 9, definition: '7' })).toEqual(['c'])
    expect(await subscriptions.reseal((sealed) => new Uint8Array([...sealed, 9]))).toBe(2)
    expect(Buffer.from((await subscriptions.secret('b')) ?? [])).toEqual(Buffer.from([1, 0, 2, 9]))
    expect(await subscriptions.secret('a')).toBeUndefined()
  })

  test('refuses an id in use, and a definition that its owner has at this cadence already', async () => {
    await using at = await fresh()
    const { subscriptions } = at.store.control
    const defined = (id: string, over: Partial<NewSubscription> = {}) =>
      subscriptions.create(at.realm, newOne(id, { subject: { definition: '7' }, ...over }))
    const conflict = { kind: 'conflict', details: { what: 'subscription' } }
    await defined('a')
    await expect(subscriptions.create(at.realm, newOne('a'))).rejects.toMatchObject(conflict)
    await expect(defined('b')).rejects.toMatchObject(conflict)
    const weekly = await defined('c', { cadence: 'week' })
    await defined('d', { owner: { user: 'bob', key: null } })
    await expect(subscriptions.change(weekly, { cadence: 'day' }, [], NOW)).rejects.toMatchObject(conflict)
    expect(await subscriptions.remove(at.realm, 'a', NOW)).toBe(true)
    expect(await subscriptions.remove(at.realm, 'a', NOW)).toBe(false)
    await defined('e')
    expect(await subscriptions.removeOfDefinition(at.realm, '7', NOW)).toBe(3)
    expect(await subscriptions.list(at.realm, { limit: 9 })).toEqual([])
  })

  test('changes what is said once, with the lines that tell what is skipped by it', async () => {
    await using at = await fresh()
    const { subscriptions } = at.store.control
    const before = await subscriptions.create(at.realm, newOne('a'))
    const skipped = newRun('s', '2026-01-14', { state: 'skipped', reason: 'paused' })
    const next = aim({ zone: 'Asia/Tokyo', due: NOW + 2 * DAY })
    const after = await subscriptions.change(before, { paused: true, time: '07:30', aim: next }, [skipped], NOW)
    expect(after).toEqual({ ...before, paused: true, time: '07:30', aim: next, modifiedAt: NOW + 1 })
    expect(await subscriptions.change(before, { paused: false }, [], NOW)).toBeUndefined()
    const [line] = await subscriptions.runs.list(at.realm, 'a', { limit: 9 })
    expect(line).toMatchObject({ id: 's', state: 'skipped', reason: 'paused', finishedAt: NOW })
    expect(await claim(at.store)).toBeUndefined()
  })

  test('gives the ticker to one at a time, and the writes of a former one fail', async () => {
    await using at = await fresh()
    const { subscriptions } = at.store.control
    await subscriptions.create(at.realm, newOne('a', { aim: aim({ due: NOW }) }))
    const first = await subscriptions.lease('one', NOW, 1_000)
    const fence = first?.fence ?? 0
    expect(first).toEqual({ holder: 'one', fence: expect.any(Number) })
    expect(await subscriptions.lease('two', NOW + 999, 1_000)).toBeNull()
    expect(await subscriptions.lease('one', NOW + 500, 1_000)).toEqual(first)
    const second = await subscriptions.lease('two', NOW + 1_500, 1_000)
    expect(second).toEqual({ holder: 'two', fence: fence + 1 })
    const [due] = await subscriptions.due(NOW, 'Europe/Zurich', 9)
    if (!first || !second || !due) throw new Error('nothing to advance')
    expect(due.zone).toBe('Europe/Zurich')
    const next = aim({ standing: { start: '2026-01-16', covered: NOW }, due: NOW + DAY })
    const run = newRun('ticked', '2026-01-15')
    expect(await subscriptions.advance(first, due, next, [run], NOW)).toBe(false)
    expect(await subscriptions.advance(second, due, next, [run], NOW)).toBe(true)
    expect(await subscriptions.advance(second, due, next, [run], NOW)).toBe(false)
    expect(await subscriptions.due(NOW, 'UTC', 9)).toEqual([])
    expect((await subscriptions.get(at.realm, 'a'))?.aim).toEqual(next)
    expect(await subscriptions.runs.list(at.realm, 'a', { limit: 9 })).toHaveLength(1)
    expect((await claim(at.store))?.job).toMatchObject({
      id: 'ticked',
      payload: { subscription: 'a', run: 'ticked' },
      mostAttempts: 5,
    })
    expect(await claim(at.store)).toBeUndefined()
    await subscriptions.release(second)
    expect(await subscriptions.lease('one', NOW, 1_000)).toEqual({ holder: 'one', fence: fence + 2 })
  })

  test('has one line for a period whoever adds it', async () => {
    await using at = await fresh()
    const { subscriptions } = at.store.control
    await subscriptions.create(at.realm, newOne('a', { aim: aim({ due: NOW }) }))
    const lease = await subscriptions.lease('one', NOW, 1_000)
    const [due] = await subscriptions.due(NOW, 'UTC', 9)
    if (!lease || !due) throw new Error('nothing to advance')
    const racing = await Promise.all(
      ['r1', 'r2', 'r3', 'r4'].map((id) =>
        subscriptions.advance(lease, due, aim({ due: NOW + DAY }), [newRun(id, '2026-01-15')], NOW),
      ),
    )
    expect(racing.filter(Boolean)).toHaveLength(1)
    await subscriptions.runs.add(due.subscription, newRun('r5', '2026-01-15'), NOW)
    expect(await subscriptions.runs.list(at.realm, 'a', { limit: 9 })).toHaveLength(1)
  })

  test('finds what is due in realms that there are, and what another zone moved', async () => {
    await using at = await fresh()
    const { subscriptions, realms } = at.store.control
    await subscriptions.create(at.realm, newOne('late', { aim: aim({ due: NOW - 5 }) }))
    await subscriptions.create(at.realm, newOne('now', { aim: aim({ due: NOW }) }))
    await subscriptions.create(at.realm, newOne('soon', { aim: aim({ due: NOW + 1 }) }))
    await subscriptions.create(at.realm, newOne('paused', { paused: true, aim: aim({ due: NOW }) }))
    await subscriptions.create(at.other, newOne('gone', { aim: aim({ due: NOW }) }))
    const ids = (found: readonly { subscription: { id: string } }[]) => found.map(({ subscription }) => subscription.id)
    expect(ids(await subscriptions.strayed('UTC', 9))).toEqual([])
    await realms.update(at.other, { timezone: 'Asia/Tokyo' })
    expect(await subscriptions.strayed('UTC', 9)).toMatchObject([{ zone: 'Asia/Tokyo', subscription: { id: 'gone' } }])
    expect(ids(await subscriptions.strayed('Asia/Tokyo', 9))).toEqual(['gone', 'late', 'now', 'soon'])
    await realms.remove(at.other)
    expect(ids(await subscriptions.due(NOW, 'UTC', 9))).toEqual(['late', 'now'])
    expect(ids(await subscriptions.due(NOW, 'UTC', 1))).toEqual(['late'])
    await realms.create({ tenant: { id: 't', name: 'T' }, community: { id: at.other.communityId, name: 'd' } }, NOW)
    expect(await subscriptions.list(at.other, { limit: 9 })).toEqual([])
  })

  test('hears of a run only from the attempt that is at it', async () => {
    await using at = await fresh()
    const { runs, ...subscriptions } = at.store.control.subscriptions
    const one = await subscriptions.create(at.realm, newOne('a'))
    await runs.add(one, newRun('heard', '2026-01-15'), NOW)
    const attempt = (number: number, job = 'heard') => ({ realm: at.realm, run: 'heard', job, attempt: number })
    const files = [{ format: 'csv' as const, name: 'a.csv', file: 'heard-1.csv', bytes: 5 }]
    const letter = {
      id: 'letter',
      owner: { kind: 'run' as const, id: 'heard' },
      channel: 'email' as const,
      address: 'ann@example.com',
      messageId: 'letter@example.com',
      message: { subject: 'x' },
    }
    expect(await runs.begin(attempt(1, 'else'), NOW)).toBe(false)
    expect(await runs.begin(attempt(1), NOW)).toBe(true)
    expect(await runs.begin(attempt(2), NOW)).toBe(true)
    expect(await runs.made(attempt(1), { rows: 1, files, deliveries: [] }, NOW)).toBe(false)
    expect(await runs.fail(attempt(1), 'old', false, NOW)).toBe(false)
    expect(await runs.fail(attempt(2), 'engine away', true, NOW)).toBe(true)
    expect(await runs.get(at.realm, 'heard')).toMatchObject({ state: 'pending', reason: 'engine away', attempts: 2 })
    expect(await runs.begin(attempt(3), NOW + 5)).toBe(true)
    expect(await runs.made(attempt(3), { rows: 7, files, deliveries: [letter] }, NOW + 9)).toBe(true)
    expect(await runs.get(at.realm, 'heard')).toMatchObject({
      state: 'made',
      reason: null,
      attempts: 3,
      rows: 7,
      files,
      startedAt: NOW + 5,
      finishedAt: NOW + 9,
    })
    expect(await at.store.control.deliveries.of(at.realm, letter.owner)).toMatchObject([
      { ...letter, state: 'pending' },
    ])
    expect(await runs.begin(attempt(4), NOW)).toBe(false)
    expect(await runs.get(at.other, 'heard')).toBeUndefined()
    expect(await runs.count()).toEqual({ made: 1 })
    const made = await runs.get(at.realm, 'heard')
    expect(made && (await runs.again(made, NOW))).toBe(false)
    expect(await runs.withFiles(NOW + 9, 5)).toEqual([])
    expect(await runs.withFiles(NOW + 10, 5)).toEqual([made])
    expect(await runs.forget(NOW + 10)).toBe(0)
    await runs.forgetFiles(at.realm, 'heard')
    expect(made && (await runs.again(made, NOW))).toBe(true)
    expect(await runs.get(at.realm, 'heard')).toMatchObject({ state: 'pending', attempts: 0, finishedAt: null })
    await runs.add(one, newRun('old', '2025', { state: 'skipped', reason: 'x' }), NOW)
    expect(await runs.forget(NOW)).toBe(0)
    expect(await runs.forget(NOW + 1)).toBe(1)
    expect(await runs.get(at.realm, 'old')).toBeUndefined()
  })

  test('ends the runs whose jobs ended without them', async () => {
    await using at = await fresh()
    const { runs, ...subscriptions } = at.store.control.subscriptions
    const one = await subscriptions.create(at.realm, newOne('a'))
    for (const id of ['failed', 'cancelled', 'waiting']) await runs.add(one, newRun(id, id), NOW)
    await at.store.control.jobs.cancel(at.realm, 'cancelled', NOW)
    const claimed = await claim(at.store)
    if (!claimed) throw new Error('nothing to claim')
    await at.store.control.jobs.fail(claimed.lease, { reason: 'It broke', retryAt: null }, NOW)
    const closed = await runs.close(NOW)
    expect(closed.map(({ id, state, reason }) => [id, state, reason]).toSorted()).toEqual([
      ['cancelled', 'failed', 'Its job was cancelled'],
      ['failed', 'failed', 'It broke'],
    ])
    expect(await runs.close(NOW)).toEqual([])
    expect(await runs.get(at.realm, 'waiting')).toMatchObject({ state: 'pending' })
    const [failed] = closed
    expect(failed && (await runs.again(failed, NOW))).toBe(true)
  })

  test('lists the ledger from its newest period', async () => {
    await using at = await fresh()
    const { runs, ...subscriptions } = at.store.control.subscriptions
    const one = await subscriptions.create(at.realm, newOne('a'))
    for (const [n, id] of ['n2', 'n1', 'n3'].entries())
      await runs.add(one, newRun(id, id, { to: NOW + (n === 2 ? 0 : 1) }), NOW)
    const ids = async (options: { after?: string; limit: number }) =>
      (await runs.list(at.realm, 'a', options)).map(({ id }) => id)
    expect(await ids({ limit: 9 })).toEqual(['n2', 'n1', 'n3'])
    expect(await ids({ limit: 9, after: 'n2' })).toEqual(['n1', 'n3'])
    expect(await ids({ limit: 1, after: 'n1' })).toEqual(['n3'])
    expect(await ids({ limit: 9, after: 'none' })).toEqual([])
  })
})
