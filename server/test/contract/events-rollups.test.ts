import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StoredEvent } from '../../src/core/event.ts'
import { mintRealm } from '../../src/core/realm.ts'
import { readableTables } from '../../src/storage/clickhouse/index.ts'
import { rollupDifferences } from '../crash/judge.ts'
import { event, lines, openWorld, time, type World } from './events-engine.ts'

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world?.[Symbol.asyncDispose]())

const HOUR = 3_600_000
const DAY = 86_400_000
const word = fc.constantFrom('', 'a', 'b')
const anEvent = fc.record({
  event_ts: fc.oneof(
    fc.integer({ min: time, max: time + 3 * DAY }),
    // No setting lets an earlier event in, and the engine's `min` is not exact before it.
    fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2120, 0, 1) }),
  ),
  /** Hours that the realm's clock is off UTC. */
  off: fc.integer({ min: -11, max: 13 }),
  action: fc.constantFrom(
    'login',
    'login.redirect',
    'factor.verified',
    'login.attempt',
    'user.created',
    'user.onboarded',
    'registration.created',
    'registration.deleted',
    'user.deleted',
  ),
  outcome: fc.constantFrom('success', 'failure', 'unknown'),
  event_name: fc.constantFrom('E_1', 'E_2'),
  user_id: word,
  device_id: word,
  person_id: word,
  session_id: word,
  application: word,
  reason: word,
})

/** Groups by the named members and folds each group; answers sorted rows. */
const fold = (
  events: readonly StoredEvent[],
  keyOf: (one: StoredEvent) => readonly (string | number)[],
  answer: (group: readonly StoredEvent[]) => unknown,
): unknown[] =>
  [...Map.groupBy(events, (one) => JSON.stringify(keyOf(one)))]
    .map(([key, group]) => [...(JSON.parse(key) as unknown[]), answer(group)])
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const firstOf = (group: readonly StoredEvent[]) => Math.min(...group.map(({ event_ts }) => event_ts))
const latestOf = (group: readonly StoredEvent[]) =>
  group
    .map(({ event_ts, event_id }) => [event_ts, event_id] as const)
    .reduce((a, b) => (a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]) ? a : b))

const rowsOf = async (sql: string): Promise<unknown[]> => {
  const answer = await world.app.query({ query: sql, format: 'JSONCompactEachRow' })
  const rows = await answer.json<unknown[]>()
  return rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

test('what is counted equals a plain count, with late events and replayed batches', { timeout: 120_000 }, async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(anEvent, { minLength: 1, maxLength: 120 }), async (parts) => {
      const realm = mintRealm(`counted ${run++}`, 'main')
      const events = parts.map(({ off, ...part }, at) =>
        event({ realm, event_id: `e${at}`, local_hour: Math.floor(part.event_ts / HOUR) + off, ...part }),
      )
      const byMonth = Map.groupBy(events, ({ event_ts }) => new Date(event_ts).toISOString().slice(0, 7))
      for (const [month, batch] of byMonth)
        for (const _ of ['once', 'again']) await world.store.insert(lines(batch), `${realm.tenantId} ${month}`)
      expect(await rollupDifferences(world.app, realm.tenantId)).toMatchObject({
        rollups: 0,
        first_times: 0,
        registrations: 0,
      })
      const mine = `WHERE tenant_id = '${realm.tenantId}'`
      expect(
        await rowsOf(`SELECT user_id, device_id, person_id, application, action, outcome, event_name,
          [toString(toUnixTimestamp64Milli(min(first_ts))), toString(toUnixTimestamp64Milli(max(latest).1)), max(latest).2]
          FROM people ${mine} GROUP BY ALL`),
      ).toEqual(
        fold(
          events.filter((one) => one.user_id !== '' || one.device_id !== '' || one.person_id !== ''),
          (one) => [
            one.user_id,
            one.device_id,
            one.person_id,
            one.application,
            one.action,
            one.outcome,
            one.event_name,
          ],
          (group) => [firstOf(group), ...latestOf(group)].map(String),
        ),
      )
    }),
    { numRuns: 5, endOnFailure: true },
  )
})

describe('every table that a report may read', async () => {
  const inRealm = mintRealm('läw/ "1"', "com'munity\\")

  beforeAll(async () => {
    const full = event({ realm: inRealm, event_id: '1', user_id: 'u', session_id: 's' })
    const others = [
      ['', inRealm.communityId],
      ['läw', inRealm.communityId],
      ['läw/ "1" ', inRealm.communityId],
      [encodeURIComponent(inRealm.tenantId), inRealm.communityId],
      [inRealm.tenantId, ''],
      [inRealm.communityId, inRealm.tenantId],
    ].map(([tenant = '', community = ''], at) =>
      event({ ...full, realm: mintRealm(tenant, community), event_id: `other ${at}` }),
    )
    // One of each kind that a table is made of.
    const all = [full, ...others].flatMap((one) =>
      ['login', 'user.created', 'proofing.step', 'session.started'].map((action) =>
        event({ ...one, event_id: `${one.event_id} ${action}`, action }),
      ),
    )
    await world.store.insert(lines(all), 'law')
    await world.app.command({
      query: `INSERT INTO directory (tenant_id, community_id, kind, id, version)
        SELECT DISTINCT tenant_id, community_id, 'user', user_id, 1 FROM events WHERE user_id = 'u'`,
    })
  })

  const seen = async (table: string, headers: Record<string, string>): Promise<number> => {
    const { url, username, password, headers: own } = world.engine.report
    const answer = await fetch(`${url}/?query=${encodeURIComponent(`SELECT count() FROM rollcall.${table}`)}`, {
      method: 'POST',
      headers: {
        ...own,
        ...headers,
        authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      },
    })
    const said = await answer.text()
    if (!answer.ok) throw new Error(said)
    return Number(said)
  }
  const realmHeaders = (tenant: string, community: string) => ({
    'X-Rollcall-Tenant': encodeURIComponent(tenant),
    'X-Rollcall-Community': encodeURIComponent(community),
  })

  test('is one of the list, and granted alone', async () => {
    const granted = await world.rows(
      "SELECT DISTINCT database, table, access_type FROM system.grants WHERE user_name = 'report' ORDER BY table",
    )
    expect(granted).toEqual(
      [...readableTables].sort().map((table) => ({ database: 'rollcall', table, access_type: 'SELECT' })),
    )
    const keyed = await world.rows(
      "SELECT DISTINCT table FROM system.columns WHERE database = 'rollcall' AND name IN ('tenant_id', 'community_id')",
    )
    expect(keyed.map(({ table }) => table)).toEqual(expect.arrayContaining([...readableTables]))
  })

  test.each(readableTables)('shows a realm its own rows and nobody any other: %s', async (table) => {
    const { tenantId, communityId } = inRealm
    expect(await seen(table, realmHeaders(tenantId, communityId))).toBeGreaterThan(0)
    expect.soft(await seen(table, realmHeaders('nobody', communityId))).toBe(0)
    expect.soft(await seen(table, realmHeaders(tenantId, 'nobody'))).toBe(0)
  })

  test.each(readableTables)('shows nothing without a realm: %s', async (table) => {
    expect(await seen(table, {})).toBe(0)
  })
})
