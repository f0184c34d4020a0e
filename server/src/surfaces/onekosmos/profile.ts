import type { SurfaceContext } from '../../http/surface.ts'

/** The reports whose order the profiles decide, by the last part of their path. */
export type OrderedReport =
  | 'events'
  | 'transactions'
  | 'application_usage_report'
  | 'passwordless_login_activity_report'
  | 'service_usage_report'
  | 'service_onboarding_report'
  | 'login_activity_report'
  | 'v2/login_activity_report'
  | 'audit_log'

/** `oldest` or `newest` first, by event time; the usage reports by their latest_login or last_login. */
export type First = 'oldest' | 'newest'

/** Where the published documents and the live service differ. */
export interface Profile {
  /** What `pIndex` counts: hits to skip, or whole pages to skip. */
  readonly pIndex: 'hits' | 'pages'
  readonly first: Readonly<Record<OrderedReport, First>>
  /** `data` of audit_log: the events, or an object that holds them as `auditLogEvents`. */
  readonly auditLog: 'events' | 'auditLogEvents'
  /** `data` of login_activity_report: the events, or an object of `activityEvents` and `loginEvents` by session. */
  readonly loginActivity: 'events' | 'activity-and-logins'
  /** Rows of the application usage and passwordless reports: alone, or with the latest event's fields around them. */
  readonly usageRow: 'aggregate' | 'with-latest-event'
  /** Body of a 400: statusCode, error, message and errors, or errors alone. */
  readonly badRequest: 'union' | 'errors'
  /** Status when one of the three headers is missing, undecryptable, malformed or stale. */
  readonly badHeader: 400 | 401
}

const oldestFirst: Profile['first'] = {
  events: 'oldest',
  transactions: 'oldest',
  application_usage_report: 'oldest',
  passwordless_login_activity_report: 'oldest',
  service_usage_report: 'oldest',
  service_onboarding_report: 'oldest',
  login_activity_report: 'oldest',
  'v2/login_activity_report': 'oldest',
  audit_log: 'newest',
}

const newestFirst = Object.fromEntries(Object.keys(oldestFirst).map((name) => [name, 'newest'])) as Profile['first']

/** Every difference of the two profiles; nothing else asks which one is set. */
const profiles: Readonly<Record<SurfaceContext['onekosmos']['profile'], Profile>> = {
  documented: {
    pIndex: 'hits',
    first: oldestFirst,
    auditLog: 'events',
    loginActivity: 'events',
    usageRow: 'aggregate',
    badRequest: 'union',
    badHeader: 401,
  },
  observed: {
    pIndex: 'pages',
    first: newestFirst,
    auditLog: 'auditLogEvents',
    loginActivity: 'activity-and-logins',
    usageRow: 'with-latest-event',
    badRequest: 'errors',
    badHeader: 400,
  },
}

/** The profile of this deployment: what the documents say, or what the live service was observed to do. */
export const profileOf = (context: SurfaceContext): Profile => profiles[context.onekosmos.profile]

/** Rows that a request skips; `pageRows` is its page size, or the rows of one file for a download. */
export const rowsToSkip = (profile: Profile, pIndex: number, pageRows: number): number =>
  profile.pIndex === 'hits' ? pIndex : pIndex * pageRows
