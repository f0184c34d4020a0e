const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** A figure with what it is of: a day, an hour, a name, or several of them. */
export type Figure = readonly (string | number)[]

/** What is asked: the days before an instant, of everything or of one application. */
export interface Span {
  readonly from: number
  /** The last millisecond. */
  readonly to: number
}

/** One count as the bench asks it of the server, of the event engine and of the rival's table. */
export interface Count {
  readonly title: string
  /** How the server is asked: a report of Passport by its path, or a metric of 1Kosmos by its name. */
  readonly asked:
    | { readonly report: string; readonly application?: string }
    | { readonly metric: string; readonly application?: undefined }
  /** The member of the answer that holds the list. */
  readonly list?: string
  /** The plain question over the engine's table of events; times and text are spliced, being the bench's own. */
  raw(span: Span, events: string): string
  /** The same over the rival's table; left out where it has no plain form. */
  rival?(span: Span): string
}

export const APPLICATION = 'application7'

const floor = (at: number, unit: number): number => Math.floor(at / unit) * unit
const monthOf = (at: number): number => {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

const time = (at: number): string => `fromUnixTimestamp64Milli(toInt64(${at}), 'UTC')`
/** Times from the begin of the unit that holds the span's begin; no event lies after its end. */
const between = (from: number, to: number): string => `event_ts >= ${time(from)} AND event_ts <= ${time(to)}`
const pgBetween = (from: number, to: number): string =>
  `realm_id = 1 AND event_ts >= '${new Date(from).toISOString()}' AND event_ts <= '${new Date(to).toISOString()}'`

const login = `action = 'login' AND outcome = 'success'`
const letIn = `action = 'login.redirect' AND outcome != 'failure'`
const active = `user_id != '' AND (${login} OR action IN ('login.redirect', 'factor.verified') AND outcome != 'failure')`
const made = `action IN ('user.onboarded', 'registration.created') AND outcome != 'failure'`
const session = `if(session_id = '', event_id, session_id)`
const dayText = `formatDateTime(event_ts, '%Y-%m-%d 00:00:00.000', 'UTC')`
const pgDayText = `to_char(event_ts AT TIME ZONE 'UTC', 'YYYY-MM-DD 00:00:00.000')`
const months = `toRelativeMonthNum(event_ts, 'UTC') - toRelativeMonthNum(toDateTime(0, 'UTC'), 'UTC')`
const pgMonths = `((extract(year FROM event_ts AT TIME ZONE 'UTC') - 1970) * 12 + extract(month FROM event_ts AT TIME ZONE 'UTC') - 1)::int`
const pgUnits = (seconds: number, of = 'event_ts'): string => `floor(extract(epoch FROM ${of}) / ${seconds})::int`
const pgActive = `event_name IN ('E_LOGIN_SUCCEEDED', 'E_SP_REDIRECT_SUCCEEDED') AND user_id IS NOT NULL`

/** Each report of everything, and of one application. */
const reports = (application?: string): readonly Count[] => {
  const of = application === undefined ? 'of everything' : 'of one application'
  const narrowed = application === undefined ? '' : ` AND application = '${application}'`
  const asked = (report: string) => ({ report, ...(application === undefined ? {} : { application }) })
  // The login of a session is where it was told first, so that a plain question has to look at everything before.
  const told = application === undefined ? login : `(${login} OR ${letIn})${narrowed}`
  const pgTold =
    application === undefined
      ? `event_name = 'E_LOGIN_SUCCEEDED'`
      : `event_name IN ('E_LOGIN_SUCCEEDED', 'E_SP_REDIRECT_SUCCEEDED')${narrowed}`
  return [
    {
      title: `daily active users ${of}`,
      asked: asked('daily-active-user'),
      list: 'dailyActiveUsers',
      raw: ({ from, to }, events) => `SELECT toRelativeDayNum(event_ts, 'UTC') AS day, uniqExact(user_id) FROM ${events}
        AND ${between(floor(from, DAY_MS), to)} AND ${active}${narrowed} GROUP BY day`,
      rival: ({ from, to }) => `SELECT ${pgUnits(86_400)} AS day, count(DISTINCT user_id)::int FROM events
        WHERE ${pgBetween(floor(from, DAY_MS), to)} AND ${pgActive}${narrowed} GROUP BY day`,
    },
    {
      title: `monthly active users ${of}`,
      asked: asked('monthly-active-user'),
      list: 'monthlyActiveUsers',
      raw: ({ from, to }, events) => `SELECT ${months} AS month, uniqExact(user_id) FROM ${events}
        AND ${between(monthOf(from), to)} AND ${active}${narrowed} GROUP BY month`,
      rival: ({ from, to }) => `SELECT ${pgMonths} AS month, count(DISTINCT user_id)::int FROM events
        WHERE ${pgBetween(monthOf(from), to)} AND ${pgActive}${narrowed} GROUP BY month`,
    },
    {
      title: `logins by hour ${of}`,
      asked: asked('login'),
      list: 'hourlyCounts',
      raw: ({ from, to }, events) => `SELECT intDiv(toUnixTimestamp64Milli(first), ${HOUR_MS}) AS hour, count()
        FROM (SELECT min(event_ts) AS first FROM ${events} AND event_ts <= ${time(to)} AND ${told} GROUP BY ${session})
        WHERE first >= ${time(floor(from, HOUR_MS))} GROUP BY hour`,
      rival: ({ from, to }) => `SELECT ${pgUnits(3_600, 'first')} AS hour, count(*)::int
        FROM (SELECT min(event_ts) AS first FROM events WHERE ${pgBetween(0, to)} AND ${pgTold} GROUP BY session_id) AS told
        WHERE first >= '${new Date(floor(from, HOUR_MS)).toISOString()}' GROUP BY hour`,
    },
    {
      title: `registrations by hour ${of}`,
      asked: asked('registration'),
      list: 'hourlyCounts',
      raw: ({ from, to }, events) => `SELECT intDiv(toUnixTimestamp64Milli(event_ts), ${HOUR_MS}) AS hour, count()
        FROM ${events} AND ${between(floor(from, HOUR_MS), to)} AND ${made}${narrowed} GROUP BY hour`,
      rival: ({ from, to }) => `SELECT ${pgUnits(3_600)} AS hour, count(*)::int FROM events
        WHERE ${pgBetween(floor(from, HOUR_MS), to)} AND event_name = 'E_USER_ONBOARDED'${narrowed} GROUP BY hour`,
    },
  ]
}

/** All time: logins, registrations that stand and registrations ever made, of each application and of all together. */
const totals: Count = {
  title: 'totals',
  asked: { report: 'totals' },
  raw: (_, events) => `
    SELECT application, uniqExactIf(${session}, ${login} OR ${letIn}) AS logins,
           uniqExactIf(user_id, ${made} AND (application, user_id) IN (
             SELECT application, user_id FROM (
               SELECT application, user_id, maxIf(event_ts, ${made}) AS made, maxIf(event_ts, action = 'registration.deleted') AS gone
               FROM ${events} AND outcome != 'failure' AND action IN ('user.onboarded', 'registration.created', 'registration.deleted')
               GROUP BY application, user_id)
             WHERE made > gone)
             AND user_id NOT IN (SELECT user_id FROM ${events} AND action = 'user.deleted')) AS standing,
           countIf(${made}) AS ever
    FROM ${events} AND application != '' GROUP BY application`,
}

const metric = (name: string, raw: Count['raw'], rival: NonNullable<Count['rival']>, list = 'data'): Count => ({
  title: name,
  asked: { metric: name },
  list,
  raw,
  rival,
})

const counted = (condition: string, pgCondition: string) =>
  [
    ({ from, to }: Span, events: string) => `SELECT count() FROM ${events} AND ${between(from, to)} AND ${condition}`,
    ({ from, to }: Span) => `SELECT count(*)::int FROM events WHERE ${pgBetween(from, to)} AND ${pgCondition}`,
  ] as const

const firstSeen = ({ to }: Span, events: string): string =>
  `(SELECT min(event_ts) AS first FROM ${events} AND event_ts <= ${time(to)} AND device_id != '' GROUP BY device_id)`
const pgFirstSeen = ({ to }: Span): string =>
  `(SELECT min(event_ts) AS event_ts FROM events WHERE ${pgBetween(0, to)} AND device_id IS NOT NULL GROUP BY device_id) AS seen`

const metrics: readonly Count[] = [
  metric(
    'M_C_ACTIVE_USER',
    ({ from, to }, events) =>
      `SELECT uniqExact(user_id) FROM ${events} AND ${between(from, to)} AND ${login} AND user_id != ''`,
    ({ from, to }) =>
      `SELECT count(DISTINCT user_id)::int FROM events WHERE ${pgBetween(from, to)} AND event_name = 'E_LOGIN_SUCCEEDED'`,
  ),
  metric('M_C_LOGINS', ...counted(login, `event_name = 'E_LOGIN_SUCCEEDED'`)),
  metric('M_C_LOGIN_FAILED', ...counted(`action = 'login' AND outcome = 'failure'`, `event_name = 'E_LOGIN_FAILED'`)),
  metric(
    'M_C_NEW_DEVICES',
    (span, events) => `SELECT count() FROM ${firstSeen(span, events)} WHERE first >= ${time(span.from)}`,
    (span) => `SELECT count(*)::int FROM ${pgFirstSeen(span)} WHERE event_ts >= '${new Date(span.from).toISOString()}'`,
  ),
  metric(
    'M_G_APPLICATION_USAGE',
    ({ from, to }, events) =>
      `SELECT application, count() FROM ${events} AND ${between(from, to)} AND ${letIn} GROUP BY application`,
    ({ from, to }) => `SELECT coalesce(application, ''), count(*)::int FROM events
      WHERE ${pgBetween(from, to)} AND event_name = 'E_SP_REDIRECT_SUCCEEDED' GROUP BY application`,
  ),
  metric(
    'M_G_LOGIN_FAILED',
    ({ from, to }, events) => `SELECT reason, count() FROM ${events} AND ${between(from, to)}
      AND action = 'login' AND outcome = 'failure' GROUP BY reason`,
    // The rival's table has no column for it, and the bench's events have none.
    ({ from, to }) => `SELECT '', count(*)::int FROM events
      WHERE ${pgBetween(from, to)} AND event_name = 'E_LOGIN_FAILED'`,
  ),
  metric(
    'M_GT_SUCCESSFUL_AUTHENTICATIONS',
    ({ from, to }, events) => `SELECT ${dayText} AS day, auth_method, count() FROM ${events}
      AND ${between(from, to)} AND ${login} GROUP BY day, auth_method`,
    ({ from, to }) => `SELECT ${pgDayText} AS day, auth_method, count(*)::int FROM events
      WHERE ${pgBetween(from, to)} AND event_name = 'E_LOGIN_SUCCEEDED' GROUP BY day, auth_method`,
  ),
  metric(
    'M_GT_PROOFING_SESSION',
    ({ from, to }, events) => `SELECT ${dayText} AS day, 'INPROGRESS', uniqExact(${session}) FROM ${events}
      AND ${between(from, to)} AND startsWith(action, 'proofing.') GROUP BY day`,
    ({ from, to }) => `SELECT ${pgDayText} AS day, 'INPROGRESS', count(DISTINCT session_id)::int FROM events
      WHERE ${pgBetween(from, to)} AND event_name = 'E_IDV_DOCUMENTCAPTURE' GROUP BY day`,
  ),
  metric(
    'M_T_NEW_DEVICES',
    (span, events) => `SELECT formatDateTime(first, '%Y-%m-%d 00:00:00.000', 'UTC') AS day, count()
      FROM ${firstSeen(span, events)} WHERE first >= ${time(span.from)} GROUP BY day`,
    (span) => `SELECT ${pgDayText} AS day, count(*)::int FROM ${pgFirstSeen(span)}
      WHERE event_ts >= '${new Date(span.from).toISOString()}' GROUP BY day`,
  ),
]

/** Passport's five reports, and the nine metrics of 1Kosmos. */
export const counts: readonly Count[] = [...reports(), ...reports(APPLICATION), totals, ...metrics]
