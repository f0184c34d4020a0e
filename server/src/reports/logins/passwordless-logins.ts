import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/**
 * Who was let in to an application without a password: one row per user, with the latest time and the one before
 * (1Kosmos Reports v2.1, `passwordless_login_activity_report`).
 */
export const passwordlessLogins = report({
  id: 'passwordless-logins',
  title: 'Passwordless logins',
  about: 'When each user was last let in to an application, and the time before.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    user_id: text('User', { opens: 'person' }),
    latest_login: instant('Latest login'),
    last_login: instant('Login before').orNull(),
  },
  order: ['-latest_login', 'user_id'],
  sql: `
    SELECT user_id,
           max(event_ts) AS latest_login,
           if(length(groupArraySorted(2)(-toUnixTimestamp64Milli(event_ts)) AS recent) = 2,
              fromUnixTimestamp64Milli(-recent[2], 'UTC'), NULL) AS last_login
    FROM events
    WHERE action = 'login.redirect' AND user_id != ''
    GROUP BY user_id`,
})
