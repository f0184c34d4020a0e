import { report } from '../../core/report.ts'
import { count } from '../../core/table.ts'
import { besidePeriods, cutOf, inPeriods } from '../counted.ts'

/** How many logins failed (1Kosmos Reports v2.1, metric `M_C_LOGIN_FAILED`). */
export const failedLoginCount = report({
  id: 'failed-login-count',
  title: 'Failed logins',
  about: 'How many logins failed.',
  reads: ['rollups', 'events'],
  defaultSpan: 86_400_000,
  params: {},
  derives: cutOf,
  columns: { failures: count('Failures') },
  order: ['-failures'],
  sql: `
    SELECT sum(told) AS failures
    FROM (
      SELECT events AS told FROM rollups WHERE subject = 'failure' AND ${inPeriods}
      UNION ALL
      SELECT count() AS told FROM events WHERE ${besidePeriods} AND action = 'login' AND outcome = 'failure'
    )`,
})
