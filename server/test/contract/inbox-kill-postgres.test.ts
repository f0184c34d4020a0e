import { afterAll, beforeAll, expect, test } from 'vitest'
import { isFault } from '../../src/core/fault.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { entry, openStore, realmOf } from './engines.ts'
import { demandWhole, liveAndDie, makeHeard } from './inbox-kill.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server[Symbol.asyncDispose]())

test('an inbox on PostgreSQL loses nothing and doubles nothing when its process or the server is killed', async () => {
  const url = await server.createDatabase()
  const heard = makeHeard()
  for (let kill = 0; kill < 10; kill++) {
    const withServer = kill % 4 === 1
    await liveAndDie(url, heard, async () => {
      if (!withServer) return
      await server.crash()
      await server.start()
      await new Promise((resolve) => setTimeout(resolve, 300))
    })
    await demandWhole(url, heard)
  }
  expect(heard.acknowledged.size).toBeGreaterThan(100)
  expect(heard.moved.size).toBeGreaterThan(100)
}, 180_000)

test('a store whose PostgreSQL is away says so, and goes on by itself when it is back', async () => {
  await using store = await openStore(await server.createDatabase())
  const realm = realmOf('one')
  await store.inbox.append([entry(realm, 'before')])
  await server.crash()
  expect(await store.control.ping()).toBe(false)
  const away = { kind: 'control-away' }
  await expect(store.inbox.append([entry(realm, 'during')])).rejects.toMatchObject(away)
  await expect(store.inbox.watermark()).rejects.toMatchObject(away)
  await expect(store.control.keys.version()).rejects.toMatchObject(away)
  await expect(store.control.realms.find({ tenantId: 't' })).rejects.toMatchObject(away)
  const create = store.control.realms.create({ tenant: { name: 'T' }, community: { name: 'C' } }, 0)
  await expect(create).rejects.toMatchObject(away)
  await server.start()
  await expect
    .poll(async () => {
      try {
        return await store.inbox.append([entry(realm, 'before'), entry(realm, 'after')])
      } catch (error) {
        return isFault(error, 'control-away') ? 'away' : error
      }
    })
    .toEqual([{ outcome: 'duplicate' }, { outcome: 'new', seq: 2 }])
  expect(await store.control.ping()).toBe(true)
})
