import { anyOf, column } from '../../../../core/filter.ts'
import { DAY_MS } from '../../../../core/window.ts'
import { sayEvent, voiceColumns } from '../../voice.ts'
import { thirtyDays } from '../body.ts'
import type { Found, QueryRoute } from '../query-route.ts'
import { listing, sayEvents } from '../say-events.ts'

/** The login of each session among the activity, by session, in the order of the sessions' ids. */
const sayLogins = async ({ rows, realm, ask }: Found): Promise<string> => {
  const sessions = [...new Set(rows.map((row) => String(row.session_id ?? '')))].filter((id) => id !== '')
  if (sessions.length === 0) return '[]'
  const times = rows.map((row) => Number(row.event_ts))
  const logins = await ask('session-logins', {
    // A session's login stands near its activity; looking further would cost a search of the whole store.
    window: { from: Math.min(...times) - DAY_MS, to: Math.max(...times) + DAY_MS },
    filter: anyOf(column('session_id'), sessions),
    page: { skip: 0, size: sessions.length },
    total: false,
    with: voiceColumns,
  })
  return `[${logins.rows.map((row) => `{${JSON.stringify(row.session_id)}:${sayEvent(realm, row)}}`).join(',')}]`
}

export const loginActivityReport: QueryRoute = {
  name: 'login_activity_report',
  summary: 'Logins to service providers',
  about:
    'Every E_SP_REDIRECT_SUCCEEDED of the span as it was sent. In the observed profile `data` holds them as ' +
    '`activityEvents`, and in `loginEvents` the login of each of their sessions.',
  report: 'login-activity',
  from: thirtyDays,
  filters: ['auth_method', 'user_id'],
  ...listing,
  data: async (found) =>
    found.profile.loginActivity === 'events'
      ? sayEvents(found)
      : `{"activityEvents":${sayEvents(found)},"loginEvents":${await sayLogins(found)}}`,
}
