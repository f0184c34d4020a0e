import { Temporal } from 'temporal-polyfill'

/** An event as the test sends it; nothing that is counted depends on more. */
export interface Sent {
  readonly event_id: string
  readonly event_name: string
  readonly outcome: string
  /** Epoch milliseconds. */
  readonly timestamp: number
  readonly user_id?: string
  readonly application?: string
  readonly session_id?: string
}

export type Counts = readonly { readonly interval: number; readonly count: number }[]

const DAY = 86_400_000

const isLogin = (one: Sent) => one.event_name === 'login' && one.outcome === 'success'
const isLetIn = (one: Sent) => one.event_name === 'login.redirect' && one.outcome !== 'failure'
const isThere = (one: Sent) =>
  one.user_id !== undefined &&
  (isLogin(one) || isLetIn(one) || (one.event_name === 'factor.verified' && one.outcome !== 'failure'))
const isMade = (one: Sent) =>
  ['user.onboarded', 'registration.created'].includes(one.event_name) && one.outcome !== 'failure'

const tally = (events: readonly Sent[], intervalOf: (one: Sent) => number, key?: (one: Sent) => unknown): Counts =>
  [...Map.groupBy(events, intervalOf)]
    .sort(([a], [b]) => a - b)
    .map(([interval, of]) => ({ interval, count: key ? new Set(of.map(key)).size : of.length }))

/** The first telling of each session; an event without one is its own. */
const firsts = (events: readonly Sent[]): Sent[] =>
  [...Map.groupBy(events, (one) => one.session_id ?? `event ${one.event_id}`).values()].map((told) =>
    told.reduce((a, b) => (b.timestamp < a.timestamp ? b : a)),
  )

/** The lists of the four reports by interval, over everything or over one application, in this zone. */
export const plainLists = (all: readonly Sent[], zone: string, application?: string) => {
  const wall = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const local = (at: number): number => at + wall(at).offsetNanoseconds / 1_000_000
  const hourOf = (one: Sent): number => Math.floor(local(one.timestamp) / 3_600_000)
  const dayOf = (one: Sent): number => Math.floor(local(one.timestamp) / DAY)
  const monthOf = (one: Sent): number => (wall(one.timestamp).year - 1970) * 12 + wall(one.timestamp).month - 1
  const events = application === undefined ? all : all.filter((one) => one.application === application)
  const userOf = (one: Sent) => one.user_id
  const logins = events.filter((one) => isLogin(one) || (application !== undefined && isLetIn(one)))
  return {
    'daily-active-users': tally(events.filter(isThere), dayOf, userOf),
    'monthly-active-users': tally(events.filter(isThere), monthOf, userOf),
    login: tally(firsts(logins), hourOf),
    registration: tally(events.filter(isMade), hourOf),
    /** Logins of one user, as if there were no other. */
    loginOf: (user: string) => tally(firsts(logins.filter((one) => one.user_id === user)), hourOf),
  }
}

const latest = (events: readonly Sent[]): number => Math.max(0, ...events.map(({ timestamp }) => timestamp))

/** Who is registered now: with an application, or at all. */
const lasting = (events: readonly Sent[], application?: string): number => {
  const done = events.filter((one) => one.outcome !== 'failure' && one.user_id !== undefined)
  return [...Map.groupBy(done, (one) => one.user_id).values()].filter((own) => {
    const gone = latest(own.filter((one) => one.event_name === 'user.deleted'))
    if (application === undefined)
      return latest(own.filter((one) => isMade(one) || one.event_name === 'user.created')) > gone
    const here = own.filter((one) => one.application === application)
    const made = latest(here.filter(isMade))
    return made > gone && made > latest(here.filter((one) => one.event_name === 'registration.deleted'))
  }).length
}

/** The totals, with applications under the ids that `idOf` gives them. */
export const plainTotals = (events: readonly Sent[], idOf: (application: string) => string) => {
  const ever = events.filter(
    (one) =>
      one.user_id !== undefined && one.outcome !== 'failure' && (isMade(one) || one.event_name === 'user.created'),
  )
  const named = [...new Set(events.flatMap((one) => one.application ?? []))]
  return {
    applicationTotals: Object.fromEntries(
      named.map((application) => {
        const here = events.filter((one) => one.application === application)
        return [
          idOf(application),
          {
            logins: firsts(here.filter((one) => isLogin(one) || isLetIn(one))).length,
            registrations: lasting(events, application),
            totalRegistrations: here.filter(isMade).length,
          },
        ]
      }),
    ),
    globalRegistrations: lasting(events),
    totalGlobalRegistrations: new Set(ever.map((one) => one.user_id)).size,
  }
}
