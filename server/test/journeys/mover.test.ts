import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventStore } from '../../src/ports/events.ts'
import type { Inbox } from '../../src/ports/inbox.ts'
import type { ControlStore } from '../../src/storage/control/index.ts'
import { engines, type Host, makeClock, openStore } from '../contract/engines.ts'
import { openWorld, type World } from '../contract/events-engine.ts'
import { noDifferences, rollupDifferences } from '../crash/judge.ts'
import { until } from '../until.ts'
import {
  append,
  DAY_MS,
  drained,
  HOUR_MS,
  idsOf,
  move,
  newRealm,
  noting,
  poisonous,
  sent,
  storedOf,
} from './mover-setting.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

describe.each(engines)('the mover, with the inbox on $engine,', ({ start }) => {
  let host: Host
  beforeAll(async () => {
    host = await start()
  })
  afterAll(() => host?.[Symbol.asyncDispose]())

  const open = async (over: Parameters<typeof openStore>[1] = {}): Promise<ControlStore> =>
    openStore(await host.freshUrl(), over)

  test('sets aside the one event that the store refuses, and brings the others in', async () => {
    const realm = newRealm()
    await using control = await open()
    const { inbox } = control
    const at = Date.UTC(2024, 4, 1)
    const good = Array.from({ length: 40 }, (_, n) => sent(realm, `good-${n}`, at + (n % 3) * 31 * DAY_MS))
    await append(inbox, [...good.slice(0, 17), poisonous(realm, 'bad', at), ...good.slice(17)])
    await using _ = move(inbox, world.store)
    await drained(inbox)
    const goodIds = good.map((_, n) => `good-${n}`).toSorted()
    expect(await idsOf(world, realm)).toEqual(goodIds)
    const [aside, ...more] = await inbox.listSetAside({ realm, limit: 10 })
    expect(more).toEqual([])
    expect(aside).toMatchObject({ seq: 18, eventTs: at, realm, row: expect.stringContaining('"event_id":"bad"') })
    expect(aside?.reason).toMatch(/^[A-Z_]+: /)

    const released = await inbox.releaseSetAside(aside?.id ?? '')
    expect(released).toEqual({ seq: 42 })
    await drained(inbox)
    const [again] = await inbox.listSetAside({ realm, limit: 10 })
    expect(again).toMatchObject({ seq: 42, eventTs: at })
    expect(await inbox.discardSetAside(again?.id ?? '')).toBe(true)
    expect(await inbox.countSetAside()).toBe(0)

    expect(await append(inbox, [sent(realm, 'bad', at, 'corrected')])).toEqual(['new'])
    await drained(inbox)
    expect(await idsOf(world, realm)).toEqual(['bad', ...goodIds])
    expect(await rollupDifferences(world.app)).toEqual(noDifferences)
  })

  test('stores an event once that comes again after its id was forgotten, and keeps the first', async () => {
    const realm = newRealm()
    const clock = makeClock(Date.UTC(2025, 2, 1))
    await using control = await open({ now: clock.now, limits: { windowMs: DAY_MS } })
    const { inbox } = control
    const first = clock.at - HOUR_MS
    const forget = async () => {
      const since = clock.at
      for (const filler of ['a', 'b', 'c']) {
        clock.at += DAY_MS + HOUR_MS
        await append(inbox, [sent(realm, `filler ${filler} of ${clock.at}`, clock.at)])
      }
      // A generation that is full is dropped behind an append's back on PostgreSQL.
      await until(async () => (await inbox.windowStart()) > since)
    }
    {
      await using _ = move(inbox, world.store)
      await append(inbox, [sent(realm, 'same', first), sent(realm, 'other', first)])
      await drained(inbox)
      await forget()
      expect(await append(inbox, [sent(realm, 'same', first), sent(realm, 'other', first, 'second')])).toEqual([
        'new',
        'new',
      ])
      await drained(inbox)
    }
    // Here the first waits still when the second comes: the store was away for longer than ids are remembered.
    await append(inbox, [sent(realm, 'waiting', first)])
    await forget()
    expect(await append(inbox, [sent(realm, 'waiting', first, 'second')])).toEqual(['new'])
    await using _ = move(inbox, world.store)
    await drained(inbox)
    const found = (await storedOf(world, realm)).filter(({ id }) => !id.startsWith('filler'))
    const raw = JSON.stringify({ body: 'first' })
    expect(found).toEqual(['other', 'same', 'waiting'].map((id) => ({ id, raw })))
    expect(await rollupDifferences(world.app)).toEqual(noDifferences)
  })

  test('leaves one of each when it broke off between the insert and its settling', async () => {
    const realm = newRealm()
    await using control = await open()
    const { inbox } = control
    const entries = Array.from({ length: 60 }, (_, n) => sent(realm, `e${n}`, Date.UTC(2023, n % 5, 10)))
    await append(inbox, entries)
    const store = noting(world.store)
    let attempts = 0
    const crashing: Inbox = {
      ...inbox,
      settle: async () => {
        attempts++
        throw new Error('The process ended here')
      },
      // It ended without giving its lease back.
      release: async () => undefined,
    }
    {
      await using _ = move(crashing, store)
      await until(() => attempts >= 2)
    }
    const planned = await inbox.planned()
    expect(planned).toHaveLength(5)
    await append(inbox, [sent(realm, 'later', Date.UTC(2023, 0, 10))])
    await using _ = move(inbox, store)
    await drained(inbox)
    // Each part went out twice: once before it broke off, and once again after.
    for (const { token } of planned) expect(store.tokens.filter((one) => one === token)).toEqual([token, token])
    expect(await idsOf(world, realm)).toEqual([...entries.map((_, n) => `e${n}`), 'later'].toSorted())
    expect(await rollupDifferences(world.app)).toEqual(noDifferences)
  })

  test('leaves one of each when the answers to its inserts were lost', async () => {
    const realm = newRealm()
    await using control = await open()
    const { inbox } = control
    const entries = Array.from({ length: 30 }, (_, n) => sent(realm, `e${n}`, Date.UTC(2022, n % 3, 10)))
    await append(inbox, entries)
    const lost = new Set<string>()
    const store: EventStore = {
      ...world.store,
      insert: async (lines, token) => {
        await world.store.insert(lines, token)
        if (lost.has(token)) return
        lost.add(token)
        throw new Error('socket hang up')
      },
    }
    await using _ = move(inbox, store)
    await drained(inbox)
    expect(lost.size).toBe(3)
    expect(await idsOf(world, realm)).toEqual(entries.map((_, n) => `e${n}`).toSorted())
    expect(await rollupDifferences(world.app)).toEqual(noDifferences)
  })
})
