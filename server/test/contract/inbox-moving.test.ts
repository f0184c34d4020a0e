import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Inbox, Lease, Part } from '../../src/ports/inbox.ts'
import { ALL, engines, entry, type Host, idOf, makeClock, openStore, realmOf } from './engines.ts'

const realm = realmOf('one')
const other = realmOf('two')
const JANUARY = Date.UTC(2026, 0, 31, 23, 59, 59, 999)
const FEBRUARY = Date.UTC(2026, 1, 1)

const part = (token: string, first: number, last: number, over: Partial<Part> = {}): Part => ({
  token,
  first,
  last,
  month: 202601,
  without: [],
  ...over,
})

const take = async (inbox: Inbox, holder = 'mover'): Promise<Lease> => {
  const lease = await inbox.lease(holder, 60_000)
  if (!lease) throw new Error('The lease was not given')
  return lease
}

const aside = (seq: number, id: string, reason = 'too odd') => ({
  realm,
  seq,
  eventTs: JANUARY,
  reason,
  row: JSON.stringify({ id, body: 'same' }),
})

describe.each(engines)('moving the inbox on $engine', ({ start }) => {
  let host: Host
  beforeAll(async () => {
    host = await start()
  })
  afterAll(() => host[Symbol.asyncDispose]())
  const fresh = async (over: Parameters<typeof openStore>[1] = {}) => openStore(await host.freshUrl(), over)

  test('gives the lease to one holder at a time, and a higher fence to the next', async () => {
    const clock = makeClock()
    await using store = await fresh({ now: clock.now })
    const first = await store.inbox.lease('a', 1_000)
    expect(first).toMatchObject({ holder: 'a' })
    expect(await store.inbox.lease('b', 1_000)).toBeNull()
    clock.at += 900
    expect(await store.inbox.lease('a', 1_000)).toEqual(first)
    clock.at += 900
    expect(await store.inbox.lease('b', 1_000)).toBeNull()
    clock.at += 200
    const second = await store.inbox.lease('b', 1_000)
    expect(second?.fence).toBeGreaterThan(first?.fence ?? Number.POSITIVE_INFINITY)
    if (second) await store.inbox.release(second)
    expect((await store.inbox.lease('a', 1_000))?.fence).toBeGreaterThan(second?.fence ?? Number.POSITIVE_INFINITY)
  })

  test('refuses every write of a lease that was lost, and changes nothing', async () => {
    const clock = makeClock()
    await using store = await fresh({ now: clock.now })
    const { inbox } = store
    await inbox.append([entry(realm, 'a'), entry(realm, 'b')])
    const old = await take(inbox, 'old')
    await inbox.plan(old, [part('t1', 1, 2)])
    clock.at += 120_000
    await take(inbox, 'new')
    await expect(inbox.plan(old, [part('t2', 1, 2)])).rejects.toThrow(/no longer held/)
    await expect(inbox.replace(old, part('t1', 1, 2), [], [aside(1, 'a')])).rejects.toThrow(/no longer held/)
    await expect(inbox.settle(old, 2)).rejects.toThrow(/no longer held/)
    expect(await inbox.planned()).toEqual([part('t1', 1, 2)])
    expect(await inbox.watermark()).toBe(0)
    expect(await inbox.countSetAside()).toBe(0)
    expect(await inbox.read(0, ALL)).toHaveLength(2)
  })

  test('reads on from any number, and the rows of a part by bounds and month', async () => {
    await using store = await fresh()
    const { inbox } = store
    await inbox.append([
      entry(realm, '1', { eventTs: JANUARY }),
      entry(realm, '2', { eventTs: FEBRUARY }),
      entry(realm, '3', { eventTs: JANUARY }),
      entry(other, '4', { eventTs: JANUARY }),
    ])
    await inbox.append([entry(realm, '5', { eventTs: JANUARY })])
    const ids = async (of: Part) => (await inbox.rowsOf(of)).map(idOf)
    expect((await inbox.read(2, ALL)).map(idOf)).toEqual(['3', '4', '5'])
    expect(await inbox.read(5, ALL)).toEqual([])
    expect(await ids(part('t', 1, 5))).toEqual(['1', '3', '4', '5'])
    expect(await ids(part('t', 1, 5, { month: 202602 }))).toEqual(['2'])
    expect(await ids(part('t', 2, 4, { without: [3] }))).toEqual(['4'])
  })

  test('reads whole blocks up to the limits of rows and bytes', async () => {
    await using store = await fresh()
    const { inbox } = store
    for (const call of ['a', 'b', 'c', 'd'])
      await inbox.append([entry(realm, `${call}1`), entry(realm, `${call}2`), entry(realm, `${call}3`)])
    expect((await inbox.read(0, { rows: 7, bytes: 1e9 })).map(idOf)).toHaveLength(6)
    expect((await inbox.read(0, { rows: 1, bytes: 1e9 })).map(idOf)).toEqual(['a1', 'a2', 'a3'])
    expect((await inbox.read(3, { rows: 100, bytes: 1 })).map(idOf)).toEqual(['b1', 'b2', 'b3'])
  })

  test('settles: the watermark moves, rows and parts go, what came later stays', async () => {
    const clock = makeClock()
    await using store = await fresh({ now: clock.now })
    const { inbox } = store
    const lease = await take(inbox)
    await inbox.append([entry(realm, 'a'), entry(other, 'b')])
    const { bytes } = await inbox.depth()
    clock.at += 5
    await inbox.append([entry(realm, 'c')])
    await inbox.plan(lease, [part('t1', 1, 2), part('t2', 1, 2, { month: 202602, without: [1, 2] })])
    expect(await inbox.planned()).toEqual([part('t1', 1, 2), part('t2', 1, 2, { month: 202602, without: [1, 2] })])
    expect(await inbox.waiting(other)).toBe(2)
    const before = await inbox.depth()
    await inbox.settle(lease, 2)
    expect(await inbox.watermark()).toBe(2)
    expect(await inbox.planned()).toEqual([])
    expect(await inbox.waiting(other)).toBe(0)
    expect(await inbox.waiting(realm)).toBe(3)
    expect((await inbox.read(0, ALL)).map(idOf)).toEqual(['c'])
    expect(await inbox.depth()).toEqual({ events: 1, bytes: before.bytes - bytes, oldest: clock.at })
    await inbox.settle(lease, 2)
    expect(await inbox.depth()).toEqual({ events: 1, bytes: before.bytes - bytes, oldest: clock.at })
    await expect(inbox.settle(lease, 1)).rejects.toThrow(/settled up to 2/)
    expect(await inbox.append([entry(realm, 'a')])).toEqual([{ outcome: 'duplicate' }])
  })

  test('puts the halves of a part in its place, and keeps plans over a restart', async () => {
    const url = await host.freshUrl()
    const store = await openStore(url)
    const lease = await take(store.inbox)
    await store.inbox.append(Array.from({ length: 6 }, (_, n) => entry(realm, `${n}`)))
    await store.inbox.plan(lease, [part('t1', 1, 4), part('t2', 5, 6)])
    await store.inbox.replace(lease, part('t1', 1, 4), [part('t1a', 1, 2), part('t1b', 3, 4)], [])
    await store[Symbol.asyncDispose]()
    await using again = await openStore(url)
    expect((await again.inbox.planned()).map(({ token }) => token)).toEqual(['t1a', 't1b', 't2'])
    await expect(again.inbox.replace(lease, part('gone', 1, 1), [], [])).rejects.toThrow(/not planned/)
  })

  test('sets an event aside: it is listed, read no more, and its id is forgotten', async () => {
    const clock = makeClock()
    await using store = await fresh({ now: clock.now })
    const { inbox } = store
    const lease = await take(inbox)
    await inbox.append([entry(realm, 'a'), entry(realm, 'bad'), entry(realm, 'c')])
    await inbox.plan(lease, [part('t1', 1, 3)])
    await inbox.replace(lease, part('t1', 1, 3), [part('t2', 1, 3, { without: [2] })], [aside(2, 'bad')])
    expect((await inbox.read(0, ALL)).map(idOf)).toEqual(['a', 'c'])
    expect((await inbox.rowsOf(part('t1', 1, 3))).map(idOf)).toEqual(['a', 'c'])
    await inbox.settle(lease, 3)
    const [listed] = await inbox.listSetAside({ realm, limit: 10 })
    expect(listed).toMatchObject({ realm, seq: 2, eventTs: JANUARY, reason: 'too odd', setAsideAt: clock.at })
    expect(listed?.row).toBe(JSON.stringify({ id: 'bad', body: 'same' }))
    expect(await inbox.listSetAside({ realm: other, limit: 10 })).toEqual([])
    expect(await inbox.countSetAside()).toBe(1)
    expect(await inbox.append([entry(realm, 'bad', { body: 'corrected' })])).toEqual([{ outcome: 'new', seq: 4 }])
    await expect(inbox.releaseSetAside(listed?.id ?? '')).rejects.toMatchObject({ kind: 'conflict' })
    expect(await inbox.countSetAside()).toBe(1)
    expect(await inbox.discardSetAside(listed?.id ?? '')).toBe(true)
    expect(await inbox.discardSetAside(listed?.id ?? '')).toBe(false)
    expect(await inbox.countSetAside()).toBe(0)
  })

  test('releases a set-aside event once, under a new number, and knows its id again', async () => {
    await using store = await fresh()
    const { inbox } = store
    const lease = await take(inbox)
    await inbox.append([entry(realm, 'bad'), entry(realm, null, { row: '{"id":"ours"}' })])
    await inbox.plan(lease, [part('t1', 1, 2)])
    await inbox.replace(lease, part('t1', 1, 2), [], [aside(1, 'bad'), { ...aside(2, 'ours'), row: '{"id":"ours"}' }])
    await inbox.settle(lease, 2)
    const listed = await inbox.listSetAside({ limit: 1 })
    expect(listed.map(({ seq }) => seq)).toEqual([1])
    const rest = await inbox.listSetAside({ limit: 5, after: listed[0]?.id ?? '' })
    expect(rest.map(({ seq }) => seq)).toEqual([2])
    const id = listed[0]?.id ?? ''
    const answers = await Promise.all([inbox.releaseSetAside(id), inbox.releaseSetAside(id)])
    expect(answers.filter((answer) => answer !== undefined)).toEqual([{ seq: 3 }])
    expect(await inbox.releaseSetAside(rest[0]?.id ?? '')).toEqual({ seq: 4 })
    expect(await inbox.waiting(realm)).toBe(4)
    expect(await inbox.append([entry(realm, 'bad')])).toEqual([{ outcome: 'duplicate' }])
    const rows = await inbox.read(2, ALL)
    expect(rows.map(({ row, given }) => [row, given])).toEqual([
      [JSON.stringify({ id: 'bad', body: 'same' }), true],
      ['{"id":"ours"}', false],
    ])
    expect(await inbox.releaseSetAside('nonsense')).toBeUndefined()
    expect(await inbox.releaseSetAside('999')).toBeUndefined()
    expect(await inbox.countSetAside()).toBe(0)
  })

  test('does not read a set-aside event again when it was released before its number was settled', async () => {
    await using store = await fresh()
    const { inbox } = store
    const lease = await take(inbox)
    await inbox.append([entry(realm, 'bad')])
    await inbox.plan(lease, [part('t1', 1, 1)])
    await inbox.replace(lease, part('t1', 1, 1), [], [aside(1, 'bad')])
    expect(await inbox.releaseSetAside('1')).toEqual({ seq: 2 })
    expect((await inbox.read(0, ALL)).map(({ seq }) => seq)).toEqual([2])
  })

  test('moves while others append, and every event is moved exactly once', async () => {
    await using store = await fresh()
    const { inbox } = store
    const lease = await take(inbox)
    const moved: string[] = []
    let appending = true
    const mover = (async () => {
      for (let last = false; !last; ) {
        last = !appending
        for (let after = await inbox.watermark(); ; ) {
          const rows = await inbox.read(after, { rows: 50, bytes: 1e9 })
          const upTo = rows.at(-1)?.seq
          if (upTo === undefined) break
          await inbox.plan(lease, [part(`t${upTo}`, after + 1, upTo)])
          for (const planned of await inbox.planned()) moved.push(...(await inbox.rowsOf(planned)).map(idOf))
          await inbox.settle(lease, upTo)
          after = upTo
        }
        await inbox.changed(5)
      }
    })()
    await Promise.all(
      Array.from({ length: 20 }, async (_, caller) => {
        for (let n = 0; n < 20; n++) await inbox.append([entry(caller % 2 ? realm : other, `${caller}-${n}`)])
      }),
    )
    appending = false
    await mover
    expect(moved).toHaveLength(400)
    expect(new Set(moved).size).toBe(400)
    expect(await inbox.depth()).toEqual({ events: 0, bytes: 0, oldest: null })
    expect(await inbox.watermark()).toBe(400)
  })
})
