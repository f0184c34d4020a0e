import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { mintRealm } from '../../src/core/realm.ts'
import { uuidOf } from '../../src/core/uuid.ts'
import { makeClock } from '../contract/engines.ts'
import { judge } from '../crash/judge.ts'
import { type ServerProcess, serverProcess } from '../crash/process.ts'
import { freePort } from '../free-port.ts'
import { metric, native, pathOf, type RealmIds } from '../journeys/native.ts'
import { until } from '../until.ts'
import { startWorld } from '../world.ts'
import { plainLists, plainTotals, type Sent } from './plain-counts.ts'

const ZONE = 'America/New_York'
const DAY = 86_400_000
const NOW = Date.UTC(2026, 3, 20, 12)
const KEPT_DAYS = 30
/** Months that ended before are dropped. */
const OLDEST_KEPT = Date.UTC(2026, 2, 1)
const EVENTS = 320
const SENDERS = 3
const KILLS = 2

const chance = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
type Roll = ReturnType<typeof chance>

const names = [
  ...Array<string>(6).fill('login'),
  ...Array<string>(3).fill('login.redirect'),
  'factor.verified',
  'registration.created',
  'registration.created',
  'user.onboarded',
  'user.created',
  'registration.deleted',
  'user.deleted',
  'login.attempt',
]
const applications = ['wiki', 'mail', 'payroll', 'a1b2c3d4-0000-4000-8000-00000000000a']

const eventsOf = (seed: number, roll: Roll): Sent[] =>
  Array.from({ length: EVENTS }, (_, n) => {
    const user = roll(12)
    const application = ['', ...applications][roll(5)] ?? ''
    return {
      event_id: `${seed}-${n}`,
      event_name: names[roll(names.length)] ?? 'login',
      outcome: roll(8) === 0 ? 'failure' : 'success',
      // Most of them around the night in March that has no two o'clock; no two at one time, so that latest is latest.
      timestamp: (roll(3) === 0 ? NOW - roll(80) * DAY : Date.UTC(2026, 2, 8, 6)) + roll(7_200_000) - n,
      ...(user > 0 ? { user_id: `u${user}` } : {}),
      ...(application ? { application } : {}),
      ...(roll(3) > 0 ? { session_id: `s${roll(40)}` } : {}),
    }
  })

const shuffled = <T>(of: readonly T[], roll: Roll): T[] =>
  of
    .map((one) => [roll(2 ** 31), one] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, one]) => one)

/** Some events out of their order, a part of them twice, and a part with another content under a known id. */
const sendings = (events: readonly Sent[], roll: Roll): Sent[] =>
  shuffled(
    events.flatMap((one) => [
      one,
      ...(roll(4) === 0 ? [one] : []),
      ...(roll(10) === 0 ? [{ ...one, user_id: 'someone else', event_name: 'login', outcome: 'success' }] : []),
    ]),
    roll,
  )

/** What was acknowledged, by the sender's own book. */
interface Ledger {
  readonly accepted: Map<string, Sent>
  duplicates: number
  refused: number
  unanswered: number
}

/** Sends events in batches until each batch is answered, whatever happens to the server meanwhile. */
const deliver = async (url: string, realm: RealmIds, some: readonly Sent[], ledger: Ledger): Promise<void> => {
  for (let from = 0; from < some.length; from += 8) {
    const batch = some.slice(from, from + 8)
    for (;;) {
      const reply = await native(url)('POST', `${pathOf(realm)}/events`, batch).catch(() => undefined)
      const results = (reply?.json as { results?: { index: number; outcome: string }[] } | undefined)?.results
      if (!results) {
        ledger.unanswered++
        await sleep(50)
        continue
      }
      for (const { index, outcome } of results) {
        const one = batch[index] as Sent
        if (outcome === 'refused') ledger.refused++
        else if (outcome === 'duplicate') ledger.duplicates++
        // A duplicate of what was accepted without its answer arriving.
        if (outcome !== 'refused') ledger.accepted.set(one.event_id, one)
      }
      break
    }
  }
}

/** Delivers events over several connections. */
const deliverAtOnce = async (url: string, realm: RealmIds, some: readonly Sent[], ledger: Ledger): Promise<void> => {
  const shares = Array.from({ length: SENDERS }, (_, n) => some.filter((_, at) => at % SENDERS === n))
  await Promise.all(shares.map((share) => deliver(url, realm, share, ledger)))
}

/**
 * Delivers events while the server is killed again and again, every other time between the store's insert and the
 * inbox's deletion.
 */
const deliverThroughKills = async (
  server: ServerProcess,
  realm: RealmIds,
  some: readonly Sent[],
  ledger: Ledger,
  roll: Roll,
): Promise<void> => {
  const share = Math.ceil(some.length / KILLS)
  for (let kill = 0; kill < KILLS; kill++) {
    const moment = kill % 2 === 0 ? server.between() : sleep(roll(60))
    const sent = deliverAtOnce(server.url, realm, some.slice(kill * share, (kill + 1) * share), ledger)
    await moment
    await server.kill()
    await server.start()
    await sent
  }
}

const drained = (url: string) => until(async () => (await metric(url, 'rollcall_inbox_events')) === 0)

it.each([1, 2, 3])(
  'every report equals a plain count of all that was accepted, through crashes and a drop of months, seed %i',
  async (seed) => {
    const roll = chance(seed)
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-counts-'))
    const server = serverProcess(folder, await freePort(), {}, NOW - Date.now())
    const ledger: Ledger = { accepted: new Map(), duplicates: 0, refused: 0, unanswered: 0 }
    try {
      await server.start()
      const made = await native(server.url)('POST', '/realms', {
        tenant: { name: 'T' },
        community: { name: 'c' },
        timezone: ZONE,
      })
      const { tenant, community } = made.json as { tenant: { id: string }; community: { id: string } }
      const realm = { tenantId: tenant.id, communityId: community.id }
      const events = eventsOf(seed, roll)
      const all = sendings(events, roll)
      const early = all.slice(0, Math.floor(all.length * 0.7))
      await deliverThroughKills(server, realm, early, ledger, roll)
      await drained(server.url)
      await server.kill()

      const clock = makeClock(NOW + 60_000)
      await using world = await startWorld(
        { ROLLCALL_DATA: folder, ROLLCALL_RETENTION_DAYS: String(KEPT_DAYS) },
        { now: clock.now },
      )
      // Its start dropped months, and its end waits for that; the rest is late for them, or told again.
      await world.restart()
      await deliver(world.url, realm, [...all.slice(early.length), ...events.slice(0, 40)], ledger)
      await drained(world.url)
      await world.restart()

      const accepted = [...ledger.accepted.values()]
      expect(
        new Set(accepted.map((one) => one.event_id)).isSupersetOf(new Set(events.map((one) => one.event_id))),
      ).toBe(true)
      expect(Math.min(ledger.duplicates, ledger.refused)).toBeGreaterThan(10)
      const key = await world.apiKey(realm)
      const ask = async (report: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> => {
        const range = { start: String(NOW - 100 * DAY), end: String(NOW + DAY) }
        const query = new URLSearchParams(report === 'totals' ? {} : { ...range, ...more })
        const answer = await fetch(`${world.url}/api/report/${report}?${query}`, { headers: { authorization: key } })
        expect([answer.status, answer.headers.get('rollcall-incomplete')]).toEqual([200, null])
        return await answer.json()
      }
      const idOf = (id: string) => uuidOf(mintRealm(realm.tenantId, realm.communityId), id)
      const said = (list: string, counts: readonly { count: number }[]) => ({
        total: counts.reduce((sum, { count }) => sum + count, 0),
        [list]: counts,
      })
      for (const application of [undefined, ...applications]) {
        const plain = plainLists(accepted, ZONE, application)
        const narrowed = application === undefined ? {} : { applicationId: idOf(application) }
        expect(await ask('daily-active-users', narrowed)).toEqual(said('dailyActiveUsers', plain['daily-active-users']))
        expect(await ask('monthly-active-users', narrowed)).toEqual(
          said('monthlyActiveUsers', plain['monthly-active-users']),
        )
        expect(await ask('login', narrowed)).toEqual(said('hourlyCounts', plain.login))
        expect(await ask('login', { ...narrowed, userId: idOf('u3') })).toEqual(
          said('hourlyCounts', plain.loginOf('u3')),
        )
        expect(await ask('registration', narrowed)).toEqual(said('hourlyCounts', plain.registration))
      }
      expect(await ask('totals')).toEqual(plainTotals(accepted, idOf))

      await world.rollcall.close()
      const { ids } = await judge(join(folder, 'events'))
      const kept = accepted.filter((one) => one.timestamp >= OLDEST_KEPT)
      expect(ids.toSorted()).toEqual(kept.map((one) => one.event_id).toSorted())
      expect(kept.length).toBeLessThan(accepted.length)
    } finally {
      await server.kill()
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    }
  },
  300_000,
)
