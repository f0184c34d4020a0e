import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'
import { makeClock } from '../contract/engines.ts'
import { clientOf } from '../contract/events-engine.ts'
import { connect } from '../surfaces/onekosmos/client.ts'
import { rowsOf } from '../surfaces/onekosmos/reports-setting.ts'
import { until } from '../until.ts'
import { startWorld } from '../world.ts'
import { eventsOf, metric, native, pathOf } from './native.ts'

const DAY_MS = 86_400_000

test('events past their retention are hidden to the millisecond, and dropped by whole months; what was counted stays', async () => {
  const clock = makeClock(Date.UTC(2026, 0, 15, 12))
  await using world = await startWorld({ ROLLCALL_RETENTION_DAYS: '30' }, { now: clock.now })
  const realm = await world.realm()
  const call = native(world.url)
  const oldest = clock.at - 30 * DAY_MS
  const sent = [
    { event_id: 'newest', timestamp: clock.at },
    { event_id: 'oldest shown', timestamp: oldest },
    { event_id: 'just past', timestamp: oldest - 1 },
    { event_id: 'past, of an open month', timestamp: Date.UTC(2025, 11, 1) },
    { event_id: 'past, of an ended month', timestamp: Date.UTC(2025, 10, 30, 23, 59, 59, 999) },
  ].map((event) => ({ event_name: 'login.redirect', user_id: event.event_id, application: 'mail', ...event }))
  expect((await call('POST', `${pathOf(realm)}/events`, sent)).json).toMatchObject({ accepted: 5 })

  const reports = await connect({
    service: `${world.url}/reports`,
    licence: await world.licence(realm, 'community'),
    now: clock.now,
  })
  const shown = async (): Promise<readonly unknown[][]> => {
    const whole = { from: '2025-11-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }
    const search = await call('GET', `${pathOf(realm)}/events?from=${whole.from}&to=${whole.to}`)
    const report = await call('POST', `${pathOf(realm)}/reports/login-activity`, whole)
    const rows = (report.json as { rows: { event_id: string }[] }).rows
    const told = await reports.call('POST', `/tenant/${realm.tenantId}/community/${realm.communityId}/events`, whole)
    return [eventsOf(search), rows, rowsOf(told)].map((found) => found.map((event) => event.event_id).toSorted())
  }
  const both = ['newest', 'oldest shown']
  expect(await shown()).toEqual([both, both, both])
  clock.at++
  expect(await shown()).toEqual([['newest'], ['newest'], ['newest']])

  // A state, unlike a list of events, has no age.
  const lastSeen = await call('POST', `${pathOf(realm)}/reports/last-seen`, {
    params: { user_id: 'past, of an ended month' },
  })
  expect(lastSeen.json).toMatchObject({ rows: [{ event_id: 'past, of an ended month' }] })

  // Passport's clients are told so, and cannot believe otherwise.
  const passport = async (method: string, body?: object) => {
    const answer = await fetch(`${world.url}/api/system-configuration`, {
      method,
      headers: { authorization: key, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: answer.status, json: await answer.json() }
  }
  const key = await world.apiKey(realm)
  const shownThere = await passport('GET')
  const kept = { delete: { enabled: true, numberOfDaysToRetain: 30 } }
  expect(shownThere.json).toMatchObject({
    systemConfiguration: { auditLogConfiguration: kept, loginRecordConfiguration: kept },
  })
  expect((await passport('PUT', shownThere.json as object)).status).toBe(200)
  expect(
    await passport('PATCH', { systemConfiguration: { auditLogConfiguration: { delete: { enabled: false } } } }),
  ).toMatchObject({
    status: 400,
    json: { fieldErrors: { 'systemConfiguration.auditLogConfiguration.delete.enabled': [{}] } },
  })

  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
  await world.restart()
  await world.rollcall.close()
  await using engine = await startEngine({
    folder: join(world.folder, 'events'),
    readableTables: [],
    log: () => undefined,
  })
  await using stack = new AsyncDisposableStack()
  const app = clientOf(engine.app)
  stack.defer(() => app.close())
  const rows = async (query: string) => await (await app.query({ query, format: 'JSONEachRow' })).json()
  expect(await rows('SELECT event_id FROM events ORDER BY event_ts')).toEqual(
    sent
      .slice(0, 4)
      .map(({ event_id }) => ({ event_id }))
      .toReversed(),
  )
  expect(
    await rows("SELECT toUInt32(sum(events)) AS n FROM rollups WHERE subject = 'redirect' AND unit = 'day'"),
  ).toEqual([{ n: 5 }])
})
