const DAY_MS = 86_400_000

/** One of the 1Kosmos queries as the bench asks it, and its name at the rival. */
export interface Question {
  readonly title: string
  /** Last part of its path. */
  readonly path: string
  /** What it is narrowed to. */
  readonly filter: Readonly<Record<string, unknown>>
  readonly rival: string
  /** The same narrowing for the rival. */
  readonly rivalValue?: string
  /** Whether it aggregates, lists one user's events, or lists events. */
  readonly kind: 'aggregate' | 'user' | 'listing'
  readonly windowless?: boolean
}

const USER = 'user4711'

export const questions: readonly Question[] = [
  {
    title: 'application usage',
    path: 'application_usage_report',
    filter: {},
    rival: 'application-usage',
    kind: 'aggregate',
  },
  {
    title: 'passwordless logins',
    path: 'passwordless_login_activity_report',
    filter: {},
    rival: 'passwordless-login-activity',
    kind: 'aggregate',
  },
  { title: 'service usage', path: 'service_usage_report', filter: {}, rival: 'service-usage', kind: 'aggregate' },
  {
    title: "one user's events",
    path: 'events',
    filter: { user_id: USER },
    rival: 'events-of-a-user',
    rivalValue: USER,
    kind: 'user',
  },
  {
    title: 'last seen',
    path: 'last_seen_report',
    filter: { user_id: USER },
    rival: 'last-seen',
    rivalValue: USER,
    kind: 'user',
    windowless: true,
  },
  { title: 'events', path: 'events', filter: {}, rival: 'events', kind: 'listing' },
  {
    title: 'events by any field',
    path: 'events',
    filter: { query: { 'factsSubmitted.machine_os': 'Windows 10' } },
    rival: 'events-by-a-field',
    rivalValue: 'Windows 10',
    kind: 'listing',
  },
  { title: 'audit log', path: 'audit_log', filter: {}, rival: 'audit-log', kind: 'listing' },
  { title: 'login activity', path: 'login_activity_report', filter: {}, rival: 'login-activity', kind: 'listing' },
  {
    title: 'login activity v2',
    path: 'v2/login_activity_report',
    filter: {},
    rival: 'login-activity-v2',
    kind: 'listing',
  },
  { title: 'onboarding', path: 'service_onboarding_report', filter: {}, rival: 'service-onboarding', kind: 'listing' },
  { title: 'transactions', path: 'transactions', filter: {}, rival: 'transactions', kind: 'listing' },
]

/** The body of a question over the days before an instant: its first page of 25. */
export const bodyOf = (question: Question, until: number, days: number): Record<string, unknown> =>
  question.windowless
    ? { ...question.filter }
    : { pSize: 25, pIndex: 0, from: until - days * DAY_MS, to: until, ...question.filter }

/** The same for the rival. */
export const rivalBodyOf = (question: Question, until: number, days: number): Record<string, unknown> => ({
  from: until - days * DAY_MS,
  to: until,
  size: 25,
  skip: 0,
  ...(question.rivalValue === undefined ? {} : { value: question.rivalValue }),
})
