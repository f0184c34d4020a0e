import { Temporal } from 'temporal-polyfill'
import { expect, it } from 'vitest'
import { makeClock } from '../contract/engines.ts'
import { metric, native, pathOf } from '../journeys/native.ts'
import { until } from '../until.ts'
import { startWorld } from '../world.ts'

const ZONE = 'America/New_York'
const DAY = 86_400_000
const NOW = Date.UTC(2026, 3, 20, 12)

interface Sent {
  readonly event_id: string
  readonly event_name: string
  readonly outcome: string
  readonly timestamp: number
  readonly user_id?: string
  readonly application?: string
  readonly session_id?: string
}

const chance = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

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

const eventsOf = (seed: number, count: number): Sent[] => {
  const roll = chance(seed)
  return Array.from({ length: count }, (_, n) => {
    const user = roll(12)
    const application = ['', 'wiki', 'mail', 'payroll'][roll(4)] ?? ''
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
}

const wall = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(ZONE)
const local = (at: number): number => at + wall(at).offsetNanoseconds / 1_000_000
const hourOf = (one: Sent): number => Math.floor(local(one.timestamp) / 3_600_000)
const dayOf = (one: Sent): number => Math.floor(local(one.timestamp) / DAY)
const monthOf = (one: Sent): number => (wall(one.timestamp).year - 1970) * 12 + wall(one.timestamp).month - 1

const isLogin = (one: Sent) => one.event_name === 'login' && one.outcome === 'success'
const isLetIn = (one: Sent) => one.event_name === 'login.redirect' && one.outcome !== 'failure'
const isThere = (one: Sent) =>
  one.user_id !== undefined &&
  (isLogin(one) || isLetIn(one) || (one.event_name === 'factor.verified' && one.outcome !== 'failure'))
const isMade = (one: Sent) =>
  ['user.onboarded', 'registration.created'].includes(one.event_name) && one.outcome !== 'failure'

const tally = (
  column: string,
  events: readonly Sent[],
  intervalOf: (one: Sent) => number,
  key?: (one: Sent) => unknown,
) =>
  [...Map.groupBy(events, intervalOf)]
    .sort(([a], [b]) => a - b)
    .map(([interval, of]) => ({ interval, [column]: key ? new Set(of.map(key)).size : of.length }))

/** The first telling of each session; an event without one is its own. */
const firsts = (events: readonly Sent[]): Sent[] =>
  [...Map.groupBy(events, (one) => one.session_id ?? `event ${one.event_id}`).values()].map((told) =>
    told.reduce((a, b) => (b.timestamp < a.timestamp ? b : a)),
  )

const latest = (events: readonly Sent[]): number => Math.max(0, ...events.map(({ timestamp }) => timestamp))
const lasting = (events: readonly Sent[], application: string): number => {
  const done = events.filter((one) => one.outcome !== 'failure' && one.user_id !== undefined)
  const users = new Set(done.map((one) => one.user_id))
  return [...users].filter((user) => {
    const own = done.filter((one) => one.user_id === user)
    const here = own.filter((one) => one.application === application)
    const gone = latest(own.filter((one) => one.event_name === 'user.deleted'))
    if (application === '') return latest(own.filter((one) => isMade(one) || one.event_name === 'user.created')) > gone
    const made = latest(here.filter(isMade))
    return made > gone && made > latest(here.filter((one) => one.event_name === 'registration.deleted'))
  }).length
}

const totals = (events: readonly Sent[]) =>
  ['', ...new Set(events.flatMap((one) => one.application ?? []))].sort().map((application) => {
    const here = events.filter((one) => one.application === application)
    const ever = events.filter(
      (one) =>
        one.user_id !== undefined && (isMade(one) || (one.event_name === 'user.created' && one.outcome !== 'failure')),
    )
    return {
      application,
      logins: firsts(application === '' ? events.filter(isLogin) : here.filter((one) => isLogin(one) || isLetIn(one)))
        .length,
      registrations: lasting(events, application),
      total_registrations:
        application === '' ? new Set(ever.map((one) => one.user_id)).size : here.filter(isMade).length,
    }
  })

it.each([1, 2, 3])('every count equals a plain one over all that was accepted, seed %i', async (seed) => {
  const clock = makeClock(NOW)
  await using world = await startWorld({ ROLLCALL_RETENTION_DAYS: '30' }, { now: clock.now })
  const call = native(world.url)
  const made = await call('POST', '/realms', { tenant: { name: 'T' }, community: { name: 'c' }, timezone: ZONE })
  const { tenant, community } = made.json as { tenant: { id: string }; community: { id: string } }
  const realm = { tenantId: tenant.id, communityId: community.id }
  const events = eventsOf(seed, 220)
  const send = async (some: readonly Sent[]) => {
    const reply = await native(world.url)('POST', `${pathOf(realm)}/events`, some)
    return reply.json as { accepted: number; duplicate: number; refused: number }
  }
  expect(await send(events.slice(0, 120))).toMatchObject({ accepted: 120 })
  // Told again as they were, and with another content under a known id, which is refused; then over a restart, which
  // drops months past their retention.
  expect(await send(events.slice(20, 60))).toMatchObject({ accepted: 0, duplicate: 40 })
  expect(await send(events.slice(0, 10).map((one) => ({ ...one, user_id: 'someone else' })))).toMatchObject({
    refused: 10,
  })
  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
  await world.restart()
  expect(await send(events.slice(100))).toMatchObject({ accepted: 100, duplicate: 20 })
  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
  await world.restart()

  const ask = async (report: string, applications?: readonly string[]): Promise<unknown> => {
    const body = {
      ...(report === 'usage-totals' ? {} : { from: NOW - 100 * DAY, to: NOW + DAY }),
      ...(applications ? { params: { applications } } : {}),
      page: { size: 10_000 },
    }
    return ((await native(world.url)('POST', `${pathOf(realm)}/reports/${report}`, body)).json as { rows: unknown })
      .rows
  }
  const there = events.filter(isThere)
  expect(await ask('daily-active-users')).toEqual(tally('users', there, dayOf, (one) => one.user_id))
  expect(await ask('monthly-active-users')).toEqual(tally('users', there, monthOf, (one) => one.user_id))
  expect(await ask('hourly-logins')).toEqual(tally('logins', firsts(events.filter(isLogin)), hourOf))
  expect(await ask('hourly-registrations')).toEqual(tally('registrations', events.filter(isMade), hourOf))
  const wiki = events.filter((one) => one.application === 'wiki')
  expect(await ask('daily-active-users', ['wiki'])).toEqual(
    tally('users', wiki.filter(isThere), dayOf, (one) => one.user_id),
  )
  expect(await ask('hourly-logins', ['wiki'])).toEqual(
    tally('logins', firsts(wiki.filter((one) => isLogin(one) || isLetIn(one))), hourOf),
  )
  expect(await ask('hourly-registrations', ['wiki'])).toEqual(tally('registrations', wiki.filter(isMade), hourOf))
  expect(await ask('usage-totals')).toEqual(totals(events))
})
