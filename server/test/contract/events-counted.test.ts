import { afterAll, beforeAll, expect, it } from 'vitest'
import { mintRealm } from '../../src/core/realm.ts'
import { loadReports } from '../../src/reports/index.ts'
import { event, lines, openWorld, question, type World } from './events-engine.ts'

const DAY = 86_400_000
const start = Date.UTC(2026, 2, 1)
const reports = await loadReports()

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

/** So many events of one shape over three days: the same days, users, devices, methods and reasons. */
const write = async (tenant: string, count: number): Promise<void> => {
  const realm = mintRealm(tenant, 'main')
  const events = Array.from({ length: count }, (_, n) =>
    event({
      realm,
      event_id: `${tenant} ${n}`,
      action: ['login', 'login', 'login.redirect', 'proofing.step'][n % 4] ?? 'login',
      outcome: n % 8 === 1 ? 'failure' : 'success',
      event_ts: start + ((n * 2_654_435_761) % (3 * DAY)),
      local_hour: Math.floor((start + ((n * 2_654_435_761) % (3 * DAY))) / 3_600_000),
      user_id: `u${n % 50}`,
      device_id: `d${n % 70}`,
      session_id: `s${n}`,
      application: `a${n % 5}`,
      auth_method: `m${n % 3}`,
      reason: `r${n % 3}`,
    }),
  )
  await world.store.insert(lines(events), tenant)
}

const whole = [
  'active-users',
  'login-count',
  'failed-login-count',
  'login-failures',
  'application-redirects',
  'authentications',
  'proofing-sessions',
  'new-device-count',
  'new-devices',
  'daily-active-users',
  'monthly-active-users',
]

it('reads as many rows for whole days, however many events there are', async () => {
  const read = async (tenant: string, count: number): Promise<Record<string, number>> => {
    for (const table of ['events', 'rollups', 'first_times'])
      await world.app.command({ query: `TRUNCATE TABLE ${table}` })
    await write(tenant, count)
    for (const table of ['events', 'rollups', 'first_times'])
      await world.app.command({ query: `OPTIMIZE TABLE ${table} FINAL` })
    const costs: Record<string, number> = {}
    for (const id of whole) {
      const report = reports.get(id)
      if (!report) throw new Error(id)
      const window = { from: start, to: start + 3 * DAY - 1 }
      const params = Object.fromEntries(
        Object.entries(report.params).map(([name, schema]) => [name, 'default' in schema ? schema.default : '']),
      )
      const derived = report.derives?.({ window, zone: 'UTC', params, now: start + 5 * DAY })
      const answer = await world.store.ask(
        mintRealm(tenant, 'main'),
        question({ report, window, params: { ...params, ...derived } }),
      )
      expect([id, answer.rows.length > 0]).toEqual([id, true])
      costs[id] = answer.cost.rows
    }
    return costs
  }
  expect(await read('large', 20_000)).toEqual(await read('small', 2_000))
})
