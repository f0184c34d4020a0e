import { afterAll, beforeAll, expect, it } from 'vitest'
import { send } from '../surfaces/onekosmos/client.ts'
import { until } from '../until.ts'
import { startWorld, type World } from '../world.ts'
import { metric, native, pathOf, type RealmIds } from './native.ts'

let world: World
let realm: RealmIds
beforeAll(async () => {
  world = await startWorld()
  realm = await world.realm()
})
afterAll(() => world?.[Symbol.asyncDispose]())

const DAY = 86_400_000
const noon = (day: number): number => (20_400 + day) * DAY + 12 * 3_600_000
const tell = async (events: readonly object[]): Promise<void> => {
  await native(world.url)('POST', `${pathOf(realm)}/events`, events)
  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
}
const login = (user_id: string, timestamp: number) => ({
  event_name: 'login',
  outcome: 'success',
  user_id,
  application: 'wiki',
  auth_method: 'push',
  timestamp,
})

interface Answer {
  readonly incomplete: boolean
  readonly rows: readonly Record<string, number>[]
}
const ask = async (report: string, of: RealmIds = realm): Promise<Answer> => {
  const window = { from: noon(-3), to: noon(70) }
  const reply = await native(world.url)('POST', `${pathOf(of)}/reports/${report}`, window)
  const { rows } = reply.json as Pick<Answer, 'rows'>
  return { incomplete: reply.headers.get('rollcall-incomplete') === 'true', rows }
}
const settled = (): Promise<void> => until(async () => !(await ask('daily-active-users')).incomplete)

it('counts days and months anew by the new clock, with events that arrive meanwhile, and over a restart', async () => {
  const late = 12 * 3_600_000 - 1
  await tell([login('ann', noon(0) + late), login('bob', noon(0)), login('ann', noon(31) + late)])
  expect((await ask('daily-active-users')).rows).toEqual([
    { interval: 20_400, users: 2 },
    { interval: 20_431, users: 1 },
  ])
  const patched = await native(world.url)('PATCH', pathOf(realm), { timezone: 'Pacific/Kiritimati' })
  expect(patched.status).toBe(200)
  expect((await ask('daily-active-users')).incomplete).toBe(true)
  // Hours do not wait for it.
  expect((await ask('hourly-logins')).incomplete).toBe(false)
  await tell([login('cid', noon(0) + late), login('ann', noon(0) + 5)])
  await world.restart()
  await settled()
  expect((await ask('daily-active-users')).rows).toEqual([
    { interval: 20_401, users: 3 },
    { interval: 20_432, users: 1 },
  ])
  const months = (await ask('monthly-active-users')).rows
  expect(months.map((row) => row.users)).toEqual([3, 1])
  const logins = (await ask('login-count')).rows
  expect(logins).toEqual([{ logins: 5 }])
  const search = await native(world.url)('GET', `${pathOf(realm)}/events?from=${noon(-1)}&to=${noon(2)}`)
  expect((search.json as { events: unknown[] }).events).toHaveLength(4)
})

it('counts anew as often as the zone is changed, and the last change wins', async () => {
  for (const timezone of ['Europe/Zurich', 'Pacific/Pago_Pago', null])
    await native(world.url)('PATCH', pathOf(realm), { timezone })
  await settled()
  expect((await ask('daily-active-users')).rows).toEqual([
    { interval: 20_400, users: 3 },
    { interval: 20_431, users: 1 },
  ])
  expect((await ask('login-count')).rows).toEqual([{ logins: 5 }])
  expect((await send('GET', `${world.url}/healthz`)).status).toBe(200)
})

it('counts anew what has no zone of its own, when the server starts with another one', async () => {
  const other = await world.realm()
  await native(world.url)('PATCH', pathOf(other), { timezone: 'UTC' })
  await native(world.url)('POST', `${pathOf(other)}/events`, [login('ann', noon(0) + 12 * 3_600_000 - 1)])
  await world.restart({ ROLLCALL_REPORT_TIMEZONE: 'Pacific/Kiritimati' })
  await settled()
  expect((await ask('daily-active-users')).rows).toEqual([
    { interval: 20_401, users: 3 },
    { interval: 20_432, users: 1 },
  ])
  expect((await ask('daily-active-users', other)).rows).toEqual([{ interval: 20_400, users: 1 }])
  // The same zone again leaves everything as it is.
  await world.restart({ ROLLCALL_REPORT_TIMEZONE: 'Pacific/Kiritimati' })
  expect((await ask('daily-active-users')).incomplete).toBe(false)
})
