import { report } from '../../core/report.ts'
import { count } from '../../core/table.ts'
import { besidePeriods, cutOf, inPeriods } from '../counted.ts'

/** How many logins succeeded, each time that one was told (1Kosmos Reports v2.1, metric `M_C_LOGINS`). */
export const loginCount = report({
  id: 'login-count',
  title: 'Logins',
  about: 'How many logins succeeded.',
  reads: ['rollups', 'events'],
  defaultSpan: 86_400_000,
  params: {},
  derives: cutOf,
  columns: { logins: count('Logins') },
  order: ['-logins'],
  sql: `
    SELECT sum(told) AS logins
    FROM (
      SELECT events AS told FROM rollups WHERE subject = 'method' AND ${inPeriods}
      UNION ALL
      SELECT count() AS told FROM events WHERE ${besidePeriods} AND action = 'login' AND outcome = 'success'
    )`,
})
