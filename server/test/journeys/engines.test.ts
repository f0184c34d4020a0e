import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startClickHouse } from '../clickhouse.ts'
import { startPostgres } from '../postgres.ts'
import { connect } from '../surfaces/onekosmos/client.ts'
import { rowsOf } from '../surfaces/onekosmos/reports-setting.ts'
import { startWorld, type World } from '../world.ts'
import { eventsOf, native, pathOf } from './native.ts'

/** Starts a server on some engines; what else was started for it ends with it. */
type Start = (stack: AsyncDisposableStack) => Promise<World>

const onEmbedded: Start = async (stack) => stack.use(await startWorld())

const onPostgres: Start = async (stack) => {
  const postgres = stack.use(await startPostgres())
  return stack.use(
    await startWorld({
      ROLLCALL_CONTROL_URL: await postgres.createDatabase(),
      ROLLCALL_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    }),
  )
}

const onClickHouseByUrl: Start = async (stack) => {
  const { settings } = stack.use(await startClickHouse())
  return stack.use(await startWorld(settings))
}

const combinations: readonly { readonly engines: string; readonly start: Start; readonly embedded: boolean }[] = [
  { engines: 'the embedded engine and SQLite', start: onEmbedded, embedded: true },
  { engines: 'the embedded engine and PostgreSQL', start: onPostgres, embedded: true },
  { engines: 'a ClickHouse by URL and SQLite', start: onClickHouseByUrl, embedded: false },
]

describe.each(combinations)('on $engines', ({ start, embedded }) => {
  const stack = new AsyncDisposableStack()
  let world: World
  beforeAll(async () => {
    world = await start(stack)
  })
  afterAll(() => stack.disposeAsync())

  test('a realm is made, keys are given out, events come in by two dialects, and reports and searches find them', async () => {
    expect(world.rollcall.enginePid() !== undefined).toBe(embedded)
    const operator = native(world.url)
    const made = await operator('POST', '/realms', { tenant: { name: 'Acme' }, community: { name: 'staff' } })
    expect(made.status).toBe(201)
    const { tenant, community } = made.json as { tenant: { id: string }; community: { id: string } }
    const realm = { tenantId: tenant.id, communityId: community.id }
    const other = await world.realm()
    const call = native(world.url, await world.apiKey(realm))

    const sent = await call('POST', `${pathOf(realm)}/events`, [
      { event_name: 'login.redirect', event_id: 'n1', user_id: 'ann', application: 'mail', outcome: 'success', n: 1.5 },
      { event_name: 'login.redirect', event_id: 'n1', user_id: 'ann', application: 'mail', outcome: 'success', n: 1.5 },
      { event_name: 'user.created', event_id: 'n2', user_id: 'bob' },
    ])
    expect(sent.json).toMatchObject({ accepted: 1 + 1, duplicate: 1, refused: 0 })
    const licence = await world.licence(realm, 'community')
    const events = await connect({ service: `${world.url}/events`, licence })
    const put = await events.putEvent(realm, 'E_LOGIN_SUCCEEDED', { type: 'event', event_id: 'k1', user_id: 'cat' })
    expect(put.json).toEqual({ status: 'OK', event_id: 'k1' })

    const found = await call('GET', `${pathOf(realm)}/events`)
    expect(eventsOf(found).map((event) => event.event_id)).toEqual(expect.arrayContaining(['n1', 'n2', 'k1']))
    const one = await call('GET', `${pathOf(realm)}/events?filter=${encodeURIComponent('{"n":1.5}')}`)
    expect(eventsOf(one).map((event) => event.event_id)).toEqual(['n1'])

    const activity = await call('POST', `${pathOf(realm)}/reports/login-activity`, {})
    expect(activity.json).toMatchObject({ total: 1 })
    const seen = await call('POST', `${pathOf(realm)}/reports/last-seen`, { params: { user_id: 'bob' } })
    expect(seen.json).toMatchObject({ rows: [{ event_id: 'n2' }] })
    const reports = await connect({ service: `${world.url}/reports`, licence })
    const listed = await reports.call('POST', `/tenant/${realm.tenantId}/community/${realm.communityId}/events`, {})
    expect([listed.status, rowsOf(listed).map((event) => event.event_id)]).toEqual([
      200,
      expect.arrayContaining(['n1', 'n2', 'k1']),
    ])

    expect((await call('GET', `${pathOf(other)}/events`)).status).toBe(403)
    expect(eventsOf(await operator('GET', `${pathOf(other)}/events`))).toEqual([])
    expect((await operator('GET', '/set-aside')).json).toEqual({ events: [], next: null })
    expect((await call('GET', '/set-aside')).status).toBe(403)
  })

  test('everything is there after the server was stopped and started', async () => {
    const realm = await world.realm()
    const sent = await native(world.url)('POST', `${pathOf(realm)}/events`, { event_name: 'login', event_id: 'kept' })
    expect(sent.status).toBe(200)
    await world.restart()
    const call = native(world.url)
    expect(eventsOf(await call('GET', `${pathOf(realm)}/events`)).map((event) => event.event_id)).toEqual(['kept'])
    const again = await call('POST', `${pathOf(realm)}/events`, { event_name: 'login', event_id: 'kept' })
    expect(again.json).toMatchObject({ accepted: 0, duplicate: 1 })
  })
})
