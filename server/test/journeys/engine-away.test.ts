import { expect, test } from 'vitest'
import { connect } from '../surfaces/onekosmos/client.ts'
import { until } from '../until.ts'
import { startWorld, type World } from '../world.ts'
import { eventsOf, metric, native, pathOf } from './native.ts'

/** Kills the event engine, and every one that is started in its place, until it is told to let the next one live. */
const keepKilling = (world: World): (() => Promise<void>) => {
  let stopping = false
  let last: number | undefined
  const killing = until(() => {
    const pid = world.rollcall.enginePid()
    if (pid !== undefined && pid !== last) process.kill(pid, 'SIGKILL')
    last = pid
    return stopping
  })
  return async () => {
    stopping = true
    await killing
  }
}

test('while the event engine is away sending goes on, questions are told to come back, and then all is there', async () => {
  await using world = await startWorld()
  const realm = await world.realm()
  const quiet = await world.realm()
  const call = native(world.url)
  const events = await connect({ service: `${world.url}/events`, licence: await world.licence(realm, 'community') })
  const reports = await connect({ service: `${world.url}/reports`, licence: await world.licence(quiet, 'community') })
  const sendOne = async (n: number) => {
    const bare = await call('POST', `${pathOf(realm)}/events`, {
      event_name: 'login',
      event_id: `n${n}`,
      outcome: 'success',
    })
    const sealed = await events.putEvent(realm, 'E_LOGIN_SUCCEEDED', { type: 'event', event_id: `k${n}` })
    return [bare.status, sealed.status]
  }
  expect(await sendOne(0)).toEqual([200, 200])
  expect(eventsOf(await call('GET', `${pathOf(realm)}/events`))).toHaveLength(2)

  const letLive = keepKilling(world)
  try {
    await until(async () => (await call('GET', `${pathOf(quiet)}/events`)).status !== 200)
    for (let n = 1; n <= 20; n++) expect(await sendOne(n)).toEqual([200, 200])
    const found = await call('GET', `${pathOf(quiet)}/events`)
    expect([found.status, found.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
    expect(found.json).toMatchObject({ type: 'urn:rollcall:problem:engine-away', status: 503 })
    const run = await call('POST', `${pathOf(quiet)}/reports/login-activity`, {})
    expect([run.status, run.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
    const told = await reports.call('POST', `/tenant/${quiet.tenantId}/community/${quiet.communityId}/events`, {})
    expect([told.status, told.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)])
    expect(told.json).toMatchObject({ statusCode: 503, error: 'Service Unavailable' })
    const health = await fetch(`${world.url}/healthz`)
    expect([health.status, await health.json()]).toMatchObject([503, { parts: { events: false, inbox: true } }])
  } finally {
    await letLive()
  }
  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
  const all = eventsOf(await call('GET', `${pathOf(realm)}/events`)).map((event) => event.event_id)
  const sent = Array.from({ length: 21 }, (_, n) => [`k${n}`, `n${n}`]).flat()
  expect(all.toSorted()).toEqual(sent.toSorted())
  expect(await metric(world.url, 'rollcall_engine_restarts')).toBeGreaterThan(0)
  expect(await metric(world.url, 'rollcall_set_aside_events')).toBe(0)
})

test('an engine that hangs is told from one that answers: a question ends, and sending goes on', async () => {
  await using world = await startWorld({ ROLLCALL_QUERY_SECONDS: '1' })
  const realm = await world.realm()
  const quiet = await world.realm()
  const call = native(world.url)
  const engine = world.rollcall.enginePid()
  if (engine === undefined) throw new Error('The server has no engine of its own')
  process.kill(engine, 'SIGSTOP')
  try {
    const asked = await call('GET', `${pathOf(quiet)}/events`)
    expect([asked.status, asked.json]).toMatchObject([503, { type: 'urn:rollcall:problem:engine-away' }])
    expect((await call('POST', `${pathOf(realm)}/events`, { event_name: 'login' })).status).toBe(200)
  } finally {
    process.kill(engine, 'SIGCONT')
  }
  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
  expect(eventsOf(await call('GET', `${pathOf(realm)}/events`))).toHaveLength(1)
})
