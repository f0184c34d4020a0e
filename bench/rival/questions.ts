/** A question as it is asked of the rival: a window in epoch milliseconds, a page, and what a listing is narrowed to. */
export interface Asked {
  readonly from: number
  readonly to: number
  readonly size: number
  readonly skip: number
  readonly value?: string
}

interface Sql {
  readonly text: string
  readonly values: unknown[]
}

/** The statement of a page and, where the page does not say it itself, the statement of the total. */
export interface Question {
  readonly page: string
  readonly pageValues: (asked: Asked) => unknown[]
  readonly total?: (asked: Asked) => Sql
}

const window = 'realm_id = 1 AND event_ts >= $1 AND event_ts <= $2'
const spanOf = (asked: Asked): unknown[] => [new Date(asked.from), new Date(asked.to)]

/** Events that a condition finds, oldest first, as they were sent; `$3` of the condition is the asked value. */
const listing = (condition: string): Question => {
  const valued = condition.includes('$3')
  const first = valued ? 4 : 3
  const where = condition === '' ? window : `${window} AND ${condition}`
  const values = (asked: Asked): unknown[] => [...spanOf(asked), ...(valued ? [asked.value] : [])]
  return {
    page: `SELECT body FROM events WHERE ${where} ORDER BY event_ts, event_id LIMIT $${first} OFFSET $${first + 1}`,
    pageValues: (asked) => [...values(asked), asked.size, asked.skip],
    total: (asked) => ({ text: `SELECT count(*) AS total FROM events WHERE ${where}`, values: values(asked) }),
  }
}

/** An aggregation that counts its own rows; `$3` and `$4` are size and skip. */
const grouping = (page: string): Question => ({
  page,
  pageValues: (asked) => [...spanOf(asked), asked.size, asked.skip],
})

/** Latest time and the one before come out of one sort; `(array_agg(... ORDER BY ...))[2]` was slower. */
const ranked = (keys: string, name: string, more: string): string => `
  WITH ranked AS (
    SELECT ${keys}, person_id, event_ts,
           row_number() OVER (PARTITION BY ${keys} ORDER BY event_ts DESC) AS place
    FROM events WHERE ${window} AND event_name = '${name}' AND user_id IS NOT NULL)
  SELECT ${keys}, max(event_ts) AS latest_login, max(event_ts) FILTER (WHERE place = 2) AS last_login${more},
         count(*) OVER () AS total
  FROM ranked GROUP BY ${keys}
  ORDER BY latest_login, ${keys} LIMIT $3 OFFSET $4`

/** The same questions as SQL on the rival's table. */
export const questions: Readonly<Record<string, Question>> = {
  events: listing(`kind = 'event'`),
  'events-of-a-user': listing(`kind = 'event' AND user_id = $3`),
  'events-by-a-field': listing(`kind = 'event' AND body->'factsSubmitted'->>'machine_os' = $3`),
  'audit-log': listing(`category = 'AUDIT_LOG'`),
  'login-activity': listing(`event_name = 'E_SP_REDIRECT_SUCCEEDED'`),
  'login-activity-v2': listing(
    `(event_name = 'E_SP_REDIRECT_SUCCEEDED' OR (event_name = 'E_LOGIN_SUCCEEDED' AND application = 'adminx'))`,
  ),
  'service-onboarding': listing(`event_name = 'E_USER_ONBOARDED'`),
  transactions: listing(`kind = 'transaction'`),
  'last-seen': {
    page: `SELECT body, 1 AS total FROM events WHERE realm_id = 1 AND user_id = $1 ORDER BY event_ts DESC, event_id DESC LIMIT 1`,
    pageValues: (asked) => [asked.value],
  },
  'application-usage': grouping(
    ranked('application, user_id', 'E_LOGIN_ATTEMPT', ', count(DISTINCT person_id) AS person_id_count'),
  ),
  'passwordless-login-activity': grouping(ranked('user_id', 'E_SP_REDIRECT_SUCCEEDED', '')),
  'service-usage': grouping(`
    SELECT user_id, count(*) AS login_count, max(event_ts) AS last_login, count(*) OVER () AS total
    FROM events WHERE ${window} AND event_name = 'E_LOGIN_SUCCEEDED' AND user_id IS NOT NULL
    GROUP BY user_id ORDER BY last_login, user_id LIMIT $3 OFFSET $4`),
}
