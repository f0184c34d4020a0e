import { report } from '../../core/report.ts'
import { count, text } from '../../core/table.ts'
import { besidePeriods, cutOf, inPeriods } from '../counted.ts'

/** How many logins failed, by reason (1Kosmos Reports v2.1, metric `M_G_LOGIN_FAILED`). */
export const loginFailures = report({
  id: 'login-failures',
  title: 'Failed logins by reason',
  about: 'Why logins failed, and how many for each reason.',
  reads: ['rollups', 'events'],
  defaultSpan: 86_400_000,
  params: {},
  derives: cutOf,
  columns: { reason: text('Reason'), failures: count('Failures') },
  order: ['-failures', 'reason'],
  sql: `
    SELECT name AS reason, sum(told) AS failures
    FROM (
      SELECT name, events AS told FROM rollups WHERE subject = 'failure' AND ${inPeriods}
      UNION ALL
      SELECT reason AS name, count() AS told FROM events
      WHERE ${besidePeriods} AND action = 'login' AND outcome = 'failure' GROUP BY reason
    )
    GROUP BY name`,
  chart: { kind: 'bars', x: 'reason', y: 'failures' },
})
