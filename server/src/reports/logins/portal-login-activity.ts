import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/**
 * Logins to applications together with those to the administration portal, whose logins redirect nowhere
 * (1Kosmos Reports v2.1, `v2/login_activity_report`; the portal's application is named `adminx` there).
 */
export const portalLoginActivity = report({
  id: 'portal-login-activity',
  title: 'Login activity, portal included',
  about: 'Every time somebody was let in to an application or to the administration portal.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    event_name: text('Name'),
    user_id: text('User', { opens: 'person' }),
    application: text('Application'),
    auth_method: text('Method'),
    session_id: text('Session'),
    ip: text('Address'),
  },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  paths: { sent_application: ['application'], facts_application: ['factsSubmitted', 'applicationId'] },
  sql: `
    SELECT event_ts, event_id, event_name, user_id, application, auth_method, session_id, ip
    FROM events
    WHERE action = 'login.redirect'
       OR (action = 'login' AND outcome = 'success'
           AND (application = 'adminx' OR sent_application = 'adminx' OR facts_application = 'adminx'))`,
})
