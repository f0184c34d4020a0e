import { report } from '../../core/report.ts'
import { count, instant, text } from '../../core/table.ts'

/**
 * Who tried to log in to which application: one row per application and user, with the latest attempt and the one
 * before. Attempts without a user are nobody's usage (1Kosmos Reports v2.1, `application_usage_report`).
 */
export const applicationUsage = report({
  id: 'application-usage',
  title: 'Application usage',
  about: 'Who used which application, when last, and the time before.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    application: text('Application'),
    user_id: text('User', { opens: 'person' }),
    latest_login: instant('Latest login'),
    last_login: instant('Login before').orNull(),
    person_id_count: count('Persons'),
  },
  order: ['-latest_login', 'application', 'user_id'],
  sql: `
    SELECT application, user_id,
           max(event_ts) AS latest_login,
           if(length(groupArraySorted(2)(-toUnixTimestamp64Milli(event_ts)) AS recent) = 2,
              fromUnixTimestamp64Milli(-recent[2], 'UTC'), NULL) AS last_login,
           uniqExactIf(sipHash64(person_id), person_id != '') AS person_id_count
    FROM events
    WHERE action = 'login.attempt' AND user_id != ''
    GROUP BY application, user_id`,
  chart: { kind: 'bars', x: 'application', title: 'Users by application' },
  figures: [
    { label: 'Applications', column: 'application', is: 'distinct' },
    { label: 'Users', column: 'user_id', is: 'distinct' },
    { label: 'Latest login', column: 'latest_login', is: 'most' },
  ],
})
