import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** Every onboarding of a user (1Kosmos Reports v2.1, `service_onboarding_report`). */
export const onboarding = report({
  id: 'onboarding',
  title: 'Onboarding',
  about: 'Who was onboarded, and when.',
  defaultSpan: 30 * 86_400_000,
  params: {},
  columns: {
    event_ts: instant('Time'),
    event_id: text('Event', { opens: 'event' }),
    user_id: text('User', { opens: 'person' }),
    person_id: text('Person'),
    device_id: text('Device'),
    ip: text('Address'),
  },
  order: ['-event_ts', '-event_id'],
  lists: 'events',
  sql: `
    SELECT event_ts, event_id, user_id, person_id, device_id, ip
    FROM events
    WHERE action = 'user.onboarded'`,
})
