import { join } from 'node:path'
import { FusionAuthClient } from '@fusionauth/typescript-client'
import { expect, test } from 'vitest'
import { startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'
import { runCommand } from '../command.ts'
import { clientOf } from '../contract/events-engine.ts'
import { until } from '../until.ts'
import { adminKey, startWorld, type World } from '../world.ts'

/** Stops the server, gives a column of its events another type, and starts it again. */
const retype = async (world: World, type: string): Promise<void> => {
  await world.rollcall.close()
  {
    const folder = join(world.folder, 'events')
    await using engine = await startEngine({ folder, readableTables: [], log: () => undefined })
    await using stack = new AsyncDisposableStack()
    const app = clientOf(engine.app)
    stack.defer(() => app.close())
    await app.command({ query: `ALTER TABLE events MODIFY COLUMN object_id ${type} SETTINGS mutations_sync = 2` })
  }
  await world.restart()
}

test('what the store refuses is set aside alone, told of, released when it is mended, or discarded', async () => {
  await using world = await startWorld({ ROLLCALL_LOG_LEVEL: 'silent' })
  const realm = await world.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  const passport = async () => new FusionAuthClient(await world.apiKey(realm), world.url)
  const rollcall = (...args: string[]) =>
    runCommand(
      ['set-aside', ...args],
      { ROLLCALL_DATA: world.folder, ROLLCALL_PORT: new URL(world.url).port, ROLLCALL_ADMIN_KEY: adminKey },
      world.folder,
    )
  const ids = async () => {
    const { body } = await world.call('GET', `${path}/events?limit=100`)
    return (body as { events: { event_id: string }[] }).events.map(({ event_id }) => event_id).toSorted()
  }
  // A table that only takes numbers for objects refuses what names one.
  await retype(world, 'UInt64')
  const sent = [
    ...Array.from({ length: 20 }, (_, at) => ({ event_name: 'door.opened', event_id: `good ${at}` })),
    { event_name: 'door.opened', event_id: 'mended', object_id: 'door seven' },
    { event_name: 'door.opened', event_id: 'forgone', object_id: 'door eight' },
  ]
  expect(await world.call('POST', `${path}/events`, sent)).toMatchObject({ body: { accepted: 22 } })
  const waiting = async () => {
    const { body } = await world.call('GET', '/v1/set-aside')
    return (body as { events: { id: string; seq: number; reason: string; row: string; realm: object }[] }).events
  }
  await until(async () => (await waiting()).length === 2)
  const good = sent.slice(0, 20).map(({ event_id }) => event_id)
  await until(async () => (await ids()).filter((id) => id.startsWith('good')).length === 20)
  expect((await ids()).filter((id) => id.startsWith('good'))).toEqual(good.toSorted())

  const events = await waiting()
  const [mended, forgone] = ['mended', 'forgone'].map((id) => events.find(({ row }) => row.includes(`"${id}"`)))
  expect(mended).toMatchObject({ realm, reason: expect.stringMatching(/^CANNOT_PARSE/) })
  expect((await rollcall('list')).out).toContain(mended?.id)
  expect(await (await fetch(`${world.url}/metrics`)).text()).toMatch(/^rollcall_\w*set_aside\w* 2$/m)
  await until(async () => {
    const { response } = await (await passport()).searchEventLogs({ search: { message: '*set aside*' } } as never)
    return response.total === 2
  })

  expect((await rollcall('discard', String(forgone?.id))).code).toBe(1)
  expect(await rollcall('discard', String(forgone?.id), '--yes')).toMatchObject({ code: 0 })
  await retype(world, 'String')
  expect(await rollcall('release', String(mended?.id))).toMatchObject({ code: 0, err: '' })
  await until(async () => (await ids()).includes('mended'))
  expect(await waiting()).toEqual([])
  expect(await ids()).not.toContain('forgone')
  // Its id is free again, since it never came in.
  const again = await world.call('POST', `${path}/events`, [{ event_name: 'door.opened', event_id: 'forgone' }])
  expect(again).toMatchObject({ body: { accepted: 1 } })
  await until(async () => (await ids()).includes('forgone'))
}, 120_000)
