import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EventStore } from '../../src/ports/events.ts'
import type { Inbox, Lease } from '../../src/ports/inbox.ts'
import { makeClock, openStore } from '../contract/engines.ts'
import { openWorld, type World } from '../contract/events-engine.ts'
import { noDifferences, rollupDifferences } from '../crash/judge.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { until } from '../until.ts'
import { append, drained, HOUR_MS, idsOf, move, newRealm, noting, sent } from './mover-setting.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

describe('two movers on one PostgreSQL', () => {
  let postgres: TestPostgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres?.[Symbol.asyncDispose]())

  test('take turns: only the holder of the lease moves, and the other one takes over when it stops', async () => {
    const realm = newRealm()
    const url = await postgres.createDatabase()
    await using controlA = await openStore(url)
    await using controlB = await openStore(url)
    const [storeA, storeB] = [noting(world.store), noting(world.store)]
    const moverA = move(controlA.inbox, storeA, { holder: 'a' })
    await append(controlB.inbox, [sent(realm, '1', Date.UTC(2024, 0, 1))])
    await drained(controlB.inbox)
    await using _ = move(controlB.inbox, storeB, { holder: 'b' })
    await append(controlB.inbox, [sent(realm, '2', Date.UTC(2024, 0, 1))])
    await drained(controlB.inbox)
    expect([storeA.tokens.length, storeB.tokens.length]).toEqual([2, 0])
    await moverA[Symbol.asyncDispose]()
    await append(controlA.inbox, [sent(realm, '3', Date.UTC(2024, 0, 1))])
    await drained(controlA.inbox)
    expect([storeA.tokens.length, storeB.tokens.length]).toEqual([2, 1])
    expect(await idsOf(world, realm)).toEqual(['1', '2', '3'])
  })

  test('a holder whose batch takes longer than the lease lasts keeps it', async () => {
    const realm = newRealm()
    const url = await postgres.createDatabase()
    const clock = makeClock()
    await using controlA = await openStore(url, { now: clock.now })
    await using controlB = await openStore(url, { now: clock.now })
    const gate = Promise.withResolvers<void>()
    const storeA: EventStore = {
      ...world.store,
      insert: async (lines, token) => {
        await gate.promise
        await world.store.insert(lines, token)
      },
    }
    const leasesOf = (inbox: Inbox) => {
      const asked: (Lease | null)[] = []
      const lease: Inbox['lease'] = async (holder, ttlMs) => {
        const answer = await inbox.lease(holder, ttlMs)
        asked.push(answer)
        return answer
      }
      return { asked, inbox: { ...inbox, lease } }
    }
    const [a, b] = [leasesOf(controlA.inbox), leasesOf(controlB.inbox)]
    await append(controlA.inbox, [sent(realm, '1', Date.UTC(2024, 0, 1))])
    await using _a = move(a.inbox, storeA, { holder: 'a' })
    await until(async () => (await controlA.inbox.planned()).length === 1)
    await using _b = move(b.inbox, world.store, { holder: 'b' })
    for (const _ of [1, 2]) {
      clock.at += 4_000
      const before = a.asked.length
      await until(() => a.asked.length > before)
    }
    const turns = b.asked.length
    await until(() => b.asked.length > turns + 2)
    expect(new Set(b.asked)).toEqual(new Set([null]))
    gate.resolve()
    await drained(controlA.inbox)
    expect(await idsOf(world, realm)).toEqual(['1'])
  })

  test('a holder that was away wakes up to a lost lease: what it still sends changes nothing', async () => {
    const realm = newRealm()
    const url = await postgres.createDatabase()
    const later = makeClock(Date.now() + HOUR_MS)
    await using controlA = await openStore(url)
    await using controlB = await openStore(url, { now: later.now })
    const gate = Promise.withResolvers<void>()
    const storeA = noting(world.store)
    const [slow, storeB] = [
      {
        ...storeA,
        insert: async (lines: readonly string[], token: string) => {
          await gate.promise
          await storeA.insert(lines, token)
        },
      },
      noting(world.store),
    ]
    const ids = Array.from({ length: 20 }, (_, n) => `e${n}`)
    await append(
      controlA.inbox,
      ids.map((id, n) => sent(realm, id, Date.UTC(2024, n % 2, 1))),
    )
    const logged: unknown[] = []
    const moverA = move(controlA.inbox, slow, {
      holder: 'a',
      log: (_level, message, fields) => logged.push([message, fields]),
    })
    await until(async () => (await controlA.inbox.planned()).length === 2)
    await using _ = move(controlB.inbox, storeB, { holder: 'b' })
    await drained(controlB.inbox)
    gate.resolve()
    await until(() => storeA.tokens.length > 0 && logged.length > 0)
    await append(controlA.inbox, [sent(realm, 'later', Date.UTC(2024, 0, 1))])
    await drained(controlA.inbox)
    await moverA[Symbol.asyncDispose]()
    expect(storeB.tokens.slice(0, 1)).toEqual(storeA.tokens.slice(0, 1))
    expect(await idsOf(world, realm)).toEqual([...ids, 'later'].toSorted())
    expect(await rollupDifferences(world.app)).toEqual(noDifferences)
    expect(JSON.stringify(logged)).toContain('no longer held')
  })
})
