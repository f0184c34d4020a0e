import { report } from '../../core/report.ts'
import { count, text } from '../../core/table.ts'
import { besidePeriods, bucketOfRow, bucketOfTime, bucketParams, bucketsOf, bucketText, inPeriods } from '../counted.ts'

/** How many logins succeeded by each method, over time (1Kosmos Reports v2.1, metric `M_GT_SUCCESSFUL_AUTHENTICATIONS`). */
export const authentications = report({
  id: 'authentications',
  title: 'Authentications',
  about: 'How many logins succeeded by each method, by day or hour.',
  reads: ['rollups', 'events'],
  defaultSpan: 86_400_000,
  params: bucketParams,
  derives: bucketsOf,
  columns: { time: text('Time'), auth_method: text('Method'), logins: count('Logins') },
  order: ['time', 'auth_method'],
  sql: `
    SELECT ${bucketText} AS time, name AS auth_method, sum(told) AS logins
    FROM (
      SELECT ${bucketOfRow} AS bucket, name, events AS told FROM rollups WHERE subject = 'method' AND ${inPeriods}
      UNION ALL
      SELECT ${bucketOfTime('toUnixTimestamp64Milli(event_ts)')} AS bucket, auth_method AS name, count() AS told FROM events
      WHERE ${besidePeriods} AND action = 'login' AND outcome = 'success' GROUP BY bucket, auth_method
    )
    GROUP BY bucket, name`,
})
