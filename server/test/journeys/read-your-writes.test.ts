import { expect, test } from 'vitest'
import { startPostgres } from '../postgres.ts'
import { startWorld } from '../world.ts'
import { native, pathOf } from './native.ts'

test('an event is in the report that is asked right after it was acknowledged, fifty times in a row', async () => {
  await using world = await startWorld()
  const realm = await world.realm()
  const call = native(world.url, await world.apiKey(realm))
  for (let n = 1; n <= 50; n++) {
    const event = { event_name: 'login.redirect', user_id: `user-${n}`, application: 'mail' }
    expect((await call('POST', `${pathOf(realm)}/events`, event)).json).toMatchObject({ accepted: 1 })
    const answer = await call('POST', `${pathOf(realm)}/reports/login-activity`, {})
    expect(answer.json).toMatchObject({ total: n })
    expect(answer.headers.get('rollcall-incomplete')).toBeNull()
  }
})

test('events that cannot be searched yet are said to be missing, with the number up to which all are there', async () => {
  await using postgres = await startPostgres()
  const settings = {
    ROLLCALL_CONTROL_URL: await postgres.createDatabase(),
    ROLLCALL_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  }
  // A process that only serves moves no events, and for a while there is no other.
  await using world = await startWorld({ ...settings, ROLLCALL_ROLE: 'api' })
  const realm = await world.realm()
  const elsewhere = await world.realm()
  const call = native(world.url)
  const send = async (event_id: string) =>
    expect((await call('POST', `${pathOf(realm)}/events`, { event_name: 'login', event_id })).status).toBe(200)
  await send('first')
  for (const [method, path] of [
    ['GET', '/events'],
    ['POST', '/reports/login-activity'],
  ] as const) {
    const told = await call(method, `${pathOf(realm)}${path}`)
    expect(told.status).toBe(200)
    expect([told.headers.get('rollcall-incomplete'), told.headers.get('rollcall-watermark')]).toEqual(['true', '0'])
  }
  const quiet = await call('GET', `${pathOf(elsewhere)}/events`)
  expect([quiet.status, quiet.headers.get('rollcall-incomplete')]).toEqual([200, null])
})
