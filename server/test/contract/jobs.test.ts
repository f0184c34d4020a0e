import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { mintRealm } from '../../src/core/realm.ts'
import type { Control } from '../../src/ports/control.ts'
import type { NewDelivery, NewJob } from '../../src/ports/jobs.ts'
import type { ControlStore } from '../../src/storage/control/index.ts'
import { engines, type Host, openStore } from './engines.ts'

const NOW = Date.UTC(2026, 0, 15)
const realm = mintRealm('t', 'c')
const other = mintRealm('t', 'd')
const LEASE = 10_000

const jobOf = (id: string, over: Partial<NewJob> = {}): NewJob => ({
  id,
  kind: 'export',
  owner: 'ann',
  requestedBy: 'ann@acme.example',
  payload: { report: 'event-search' },
  mostAttempts: 3,
  createdAt: NOW,
  ...over,
})
const messageOf = (id: string, over: Partial<NewDelivery> = {}): NewDelivery => ({
  id,
  owner: { kind: 'job', id: 'a' },
  channel: 'email',
  address: `${id}@acme.example`,
  messageId: `${id}@rollcall.example`,
  message: { subject: 'Ready', text: 'It is there\0', html: '<p>It is there</p>' },
  ...over,
})
const claim = (holder: string, now = NOW) => ({ kinds: ['export'], holder, now, leaseMs: LEASE })

/** Ends and forgets everything, so that the next test finds an empty store without opening one. */
const empty = async ({ jobs }: Control): Promise<void> => {
  await jobs.create(realm, jobOf('a')).catch(() => undefined)
  for (const where of [realm, other, mintRealm('s', 'c')]) {
    const { jobs: all } = await jobs.list(where, { kinds: ['export', 'rebuild', 'external'], skip: 0, size: 100 })
    for (const { id } of all) {
      await jobs.cancel(where, id, NOW)
      await jobs.forgetFile(where, id)
    }
  }
  await jobs.forget(NOW * 2)
}

for (const { engine, start } of engines)
  describe(`jobs on ${engine}`, () => {
    let host: Host
    let store: ControlStore
    beforeAll(async () => {
      host = await start()
      store = await openStore(await host.freshUrl())
    })
    afterEach(() => empty(store.control))
    afterAll(async () => {
      await store[Symbol.asyncDispose]()
      await host[Symbol.asyncDispose]()
    })

    test('keeps a job as it was asked for, once, in its realm', async () => {
      const { jobs } = store.control
      const made = await jobs.create(realm, jobOf('a'))
      expect(made).toMatchObject({ id: 'a', status: 'pending', rows: 0, attempts: 0, file: null, finishedAt: null })
      expect(await jobs.get(realm, 'a')).toEqual(made)
      expect(await jobs.get(other, 'a')).toBeUndefined()
      await expect(jobs.create(other, jobOf('a'))).rejects.toMatchObject({ kind: 'conflict', details: { id: 'a' } })
    })

    test('lists a page in the asked order, the newest first without one, and counts all', async () => {
      const { jobs } = store.control
      for (const [at, id] of ['a', 'b', 'c', 'd'].entries())
        await jobs.create(
          realm,
          jobOf(id, { createdAt: NOW + at, requestedBy: `${'zyxx'[at]}@acme.example`, bytes: id === 'b' ? 5 : null }),
        )
      await jobs.create(realm, jobOf('e', { kind: 'rebuild' }))
      await jobs.create(other, jobOf('f'))
      const idsOf = async (order: Parameters<typeof jobs.list>[1]['order'], skip = 0, size = 10) => {
        const found = await jobs.list(realm, { kinds: ['export'], skip, size, ...(order ? { order } : {}) })
        return [found.jobs.map(({ id }) => id).join(''), found.total]
      }
      expect(await idsOf(undefined)).toEqual(['dcba', 4])
      expect(await idsOf(undefined, 1, 2)).toEqual(['cb', 4])
      expect(await idsOf([{ by: 'createdAt', descends: false }])).toEqual(['abcd', 4])
      expect(
        await idsOf([
          { by: 'requestedBy', descends: false },
          { by: 'id', descends: false },
        ]),
      ).toEqual(['cdba', 4])
      expect((await idsOf([{ by: 'bytes', descends: true }]))[0]).toBe('bdca')
      expect((await idsOf([{ by: 'bytes', descends: false }]))[0]).toBe('dcab')
      const mine = await jobs.list(realm, { kinds: ['export'], owner: 'bob', skip: 0, size: 9 })
      expect(mine).toEqual({ jobs: [], total: 0 })
    })

    test('gives each job to one worker, when it is due', async () => {
      const { jobs } = store.control
      for (const id of ['a', 'b', 'c']) await jobs.create(realm, jobOf(id))
      await jobs.create(realm, jobOf('later', { dueAt: NOW + 1 }))
      await jobs.create(realm, jobOf('not ours', { kind: 'external' }))
      const taken = await Promise.all(['w1', 'w2', 'w3', 'w4', 'w5'].map((holder) => jobs.claim(claim(holder))))
      expect(taken.flatMap((one) => one?.job.id ?? []).sort()).toEqual(['a', 'b', 'c'])
      expect(taken.find((one) => one)?.job).toMatchObject({ status: 'in progress', attempts: 1, startedAt: NOW })
      expect((await jobs.claim(claim('w1', NOW + 1)))?.job.id).toBe('later')
    })

    test('lets realms take turns: the one with the fewest running jobs, then the one that waits longest', async () => {
      const { jobs } = store.control
      for (const at of [0, 1, 2, 3, 4]) await jobs.create(realm, jobOf(`a${at}`, { createdAt: NOW + at }))
      for (const at of [5, 6]) await jobs.create(other, jobOf(`b${at}`, { createdAt: NOW + at }))
      await jobs.create(mintRealm('s', 'c'), jobOf('not due', { dueAt: NOW + 9 * LEASE }))
      const taken: string[] = []
      const take = async (holder: string, now: number) => {
        const claimed = await jobs.claim(claim(holder, now))
        taken.push(claimed?.job.id ?? 'none')
        return claimed
      }
      // Two workers at first: the second takes the other realm's, however many of the first one's are older.
      const first = await take('w1', NOW + 10)
      await take('w2', NOW + 11)
      // Then one worker alone, which ends each job before it takes the next.
      if (!first) throw new Error('nothing to do')
      const end = { result: null, file: null, bytes: null, rows: 0, deliveries: [] }
      await jobs.complete(first.lease, end, NOW + 12)
      for (const at of [12, 13, 14, 15]) {
        const next = await take('w1', NOW + at)
        if (next) await jobs.complete(next.lease, end, NOW + at)
      }
      // The lease of the job that w2 holds runs out last: it does not run any more, and is taken up like the others.
      await take('w1', NOW + 12 + LEASE)
      await take('w1', NOW + 12 + LEASE)
      expect(taken).toEqual(['a0', 'b5', 'a1', 'a2', 'a3', 'a4', 'b5', 'b6'])
    })

    test('lets a worker that does one job at a time go from realm to realm', async () => {
      const { jobs } = store.control
      for (const at of [0, 1, 2]) await jobs.create(realm, jobOf(`a${at}`, { createdAt: NOW + at }))
      for (const at of [3, 4]) await jobs.create(other, jobOf(`b${at}`, { createdAt: NOW + at }))
      const taken: string[] = []
      for (const at of [10, 11, 12, 13, 14]) {
        const claimed = await jobs.claim(claim('w', NOW + at))
        if (!claimed) throw new Error('nothing to do')
        taken.push(claimed.job.id)
        await jobs.complete(claimed.lease, { result: null, file: null, bytes: null, rows: 0, deliveries: [] }, NOW + at)
      }
      expect(taken).toEqual(['a0', 'b3', 'a1', 'b4', 'a2'])
    })

    test('lets nobody whose lease ran out end, renew or fail what another has taken up', async () => {
      const { jobs, deliveries } = store.control
      await jobs.create(realm, jobOf('a'))
      const first = await jobs.claim(claim('w1'))
      if (!first) throw new Error('nothing to do')
      expect(await jobs.renew(first.lease, NOW + 2 * LEASE, 7)).toBe(true)
      expect((await jobs.get(realm, 'a'))?.rows).toBe(7)
      expect(await jobs.claim(claim('w2', NOW + 2 * LEASE))).toBeUndefined()
      const second = await jobs.claim(claim('w2', NOW + 2 * LEASE + 1))
      expect(second?.lease.fence).toBe(first.lease.fence + 1)
      const end = { result: { ok: 1 }, file: 'f', bytes: 3, rows: 9, deliveries: [messageOf('m')] }
      expect(await jobs.complete(first.lease, end, NOW)).toBe(false)
      expect(await jobs.fail(first.lease, { reason: 'late', retryAt: null }, NOW)).toBe(false)
      expect(await jobs.renew(first.lease, NOW + 9 * LEASE, 1)).toBe(false)
      expect(await jobs.release(first.lease, NOW)).toBe(false)
      expect(await deliveries.of(realm, { kind: 'job', id: 'a' })).toEqual([])
      if (!second) throw new Error('nothing to do')
      expect(await jobs.complete(second.lease, end, NOW + 5)).toBe(true)
      expect(await jobs.complete(second.lease, end, NOW + 6)).toBe(false)
      expect(await jobs.get(realm, 'a')).toMatchObject({
        status: 'completed',
        result: { ok: 1 },
        file: 'f',
        bytes: 3,
        rows: 9,
        finishedAt: NOW + 5,
      })
      expect(await deliveries.of(realm, { kind: 'job', id: 'a' })).toMatchObject([{ id: 'm', state: 'pending' }])
    })

    test('tries again when it is told to, and so often only', async () => {
      const { jobs } = store.control
      await jobs.create(realm, jobOf('a', { mostAttempts: 2 }))
      const first = await jobs.claim(claim('w'))
      if (!first) throw new Error('nothing to do')
      expect(await jobs.fail(first.lease, { reason: 'away\0', retryAt: NOW + 50 }, NOW)).toBe(true)
      expect(await jobs.claim(claim('w', NOW + 49))).toBeUndefined()
      const again = await jobs.claim(claim('w', NOW + 50))
      expect(again?.job).toMatchObject({ attempts: 2, reason: 'away\ufffd' })
      // Its worker dies; there is no third attempt.
      expect(await jobs.claim(claim('w', NOW + 60 + LEASE))).toBeUndefined()
      expect(await jobs.get(realm, 'a')).toMatchObject({
        status: 'failed',
        reason: 'It was tried 2 times, and each time its worker ended before it did',
        finishedAt: NOW + 60 + LEASE,
      })
    })

    test('a job given back is there for the next, and its attempt does not count', async () => {
      const { jobs } = store.control
      await jobs.create(realm, jobOf('a', { mostAttempts: 1 }))
      const first = await jobs.claim(claim('w1'))
      if (!first) throw new Error('nothing to do')
      expect(await jobs.release(first.lease, NOW)).toBe(true)
      expect((await jobs.claim(claim('w2')))?.job).toMatchObject({ id: 'a', attempts: 1 })
    })

    test('a cancelled job is no more claimed, and its worker can end it no more', async () => {
      const { jobs } = store.control
      await jobs.create(realm, jobOf('a'))
      const taken = await jobs.claim(claim('w'))
      if (!taken) throw new Error('nothing to do')
      expect(await jobs.cancel(other, 'a', NOW)).toBe(false)
      expect(await jobs.cancel(realm, 'a', NOW + 1)).toBe(true)
      expect(await jobs.cancel(realm, 'a', NOW + 2)).toBe(false)
      expect(await jobs.renew(taken.lease, NOW + LEASE, 1)).toBe(false)
      expect(await jobs.claim(claim('w', NOW + 2 * LEASE))).toBeUndefined()
      expect(await jobs.get(realm, 'a')).toMatchObject({ status: 'cancelled', finishedAt: NOW + 1 })
    })

    test('keeps what another worker says of its job, in its words', async () => {
      const { jobs } = store.control
      await jobs.create(realm, jobOf('x', { kind: 'external', status: 'Half way', finishedAt: 5, bytes: 6 }))
      expect(await jobs.get(realm, 'x')).toMatchObject({ status: 'Half way', finishedAt: 5, bytes: 6 })
      const said = await jobs.report(realm, 'x', { status: 'DONE', payload: { a: 1 }, bytes: 7 })
      expect(said).toMatchObject({ status: 'DONE', payload: { a: 1 }, finishedAt: 5, bytes: 7 })
      expect(await jobs.report(realm, 'none', { status: 'DONE', payload: {} })).toBeUndefined()
      await jobs.create(realm, jobOf('a'))
      expect(await jobs.report(realm, 'a', { status: 'DONE', payload: {} })).toBeUndefined()
    })

    test('forgets ended jobs with their messages, once their files are gone', async () => {
      const { jobs, deliveries } = store.control
      for (const id of ['a', 'b']) await jobs.create(realm, jobOf(id))
      await jobs.create(realm, jobOf('x', { kind: 'external', status: 'DONE', finishedAt: null }))
      const taken = await jobs.claim(claim('w'))
      if (!taken) throw new Error('nothing to do')
      const end = { result: null, file: 'f', bytes: 3, rows: 9, deliveries: [messageOf('m')] }
      await jobs.complete(taken.lease, end, NOW)
      expect((await jobs.withFiles(NOW, 10)).map(({ id }) => id)).toEqual([])
      expect((await jobs.withFiles(NOW + 1, 10)).map(({ id }) => id)).toEqual(['a'])
      expect(await jobs.forget(NOW)).toBe(0)
      expect(await jobs.forget(NOW + 1)).toBe(1)
      await jobs.forgetFile(realm, 'a')
      expect(await jobs.forget(NOW + 1)).toBe(1)
      expect(await deliveries.get(realm, 'm')).toBeUndefined()
      expect((await jobs.get(realm, 'b'))?.status).toBe('pending')
    })

    test('a message stands as sending before it is sent, once, and as unknown when its end was never told', async () => {
      const { deliveries } = store.control
      await deliveries.create(realm, [messageOf('m'), messageOf('n', { channel: 'webhook' })], NOW)
      const ask = { channels: ['email'] as const, now: NOW, untilMs: 1_000 }
      const taken = (await Promise.all([deliveries.claim(ask), deliveries.claim(ask), deliveries.claim(ask)])).flatMap(
        (one) => one ?? [],
      )
      expect(taken).toMatchObject([{ id: 'm', state: 'sending', attempts: 1, message: { text: 'It is there\0' } }])
      expect(await deliveries.doubt(NOW + 1_000)).toBe(0)
      expect(await deliveries.doubt(NOW + 1_001)).toBe(1)
      const [first] = taken
      if (!first) throw new Error('nothing to send')
      expect(await deliveries.settle(first, { state: 'sent', error: null }, NOW)).toBe(false)
      expect(await deliveries.get(realm, 'm')).toMatchObject({ state: 'unknown', sentAt: null })
      expect(await deliveries.claim({ ...ask, now: NOW + 9_000 })).toBeUndefined()
      expect(await deliveries.again(other, 'm', NOW)).toBe(false)
      expect(await deliveries.again(realm, 'm', NOW + 2_000)).toBe(true)
      expect(await deliveries.again(realm, 'm', NOW + 2_000)).toBe(false)
      const again = await deliveries.claim({ ...ask, now: NOW + 2_000 })
      expect(again).toMatchObject({ id: 'm', attempts: 2, messageId: 'm@rollcall.example' })
      if (!again) throw new Error('nothing to send')
      expect(await deliveries.settle(again, { state: 'sent', error: null }, NOW + 3_000)).toBe(true)
      expect(await deliveries.get(realm, 'm')).toMatchObject({ state: 'sent', error: null, sentAt: NOW + 3_000 })
      expect((await deliveries.of(realm, { kind: 'job', id: 'a' })).map(({ id }) => id)).toEqual(['m', 'n'])
      expect(await deliveries.of(other, { kind: 'job', id: 'a' })).toEqual([])
    })

    test('a message that was surely not taken waits for its next try', async () => {
      const { deliveries } = store.control
      await deliveries.create(realm, [messageOf('m')], NOW)
      const ask = { channels: ['email'] as const, untilMs: 1_000 }
      const first = await deliveries.claim({ ...ask, now: NOW })
      if (!first) throw new Error('nothing to send')
      expect(await deliveries.settle(first, { state: 'pending', error: 'busy', dueAt: NOW + 10 }, NOW)).toBe(true)
      expect(await deliveries.claim({ ...ask, now: NOW + 9 })).toBeUndefined()
      expect(await deliveries.claim({ ...ask, now: NOW + 10 })).toMatchObject({ attempts: 2, error: 'busy' })
    })
  })
