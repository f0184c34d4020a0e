import { report } from '../../core/report.ts'
import { count, text } from '../../core/table.ts'
import { besidePeriods, bucketOfRow, bucketOfTime, bucketParams, bucketsOf, bucketText, inPeriods } from '../counted.ts'

/**
 * How many sessions of identity proofing reached each status, over time: a session counts once in each bucket and
 * status that it was told to be in (1Kosmos Reports v2.1, metric `M_GT_PROOFING_SESSION`; statuses as its exports have).
 */
export const proofingSessions = report({
  id: 'proofing-sessions',
  title: 'Proofing sessions',
  about: 'How many sessions of identity proofing reached each status, by day or hour.',
  reads: ['rollups', 'events'],
  defaultSpan: 86_400_000,
  params: bucketParams,
  derives: bucketsOf,
  columns: { time: text('Time'), status: text('Status'), sessions: count('Sessions') },
  order: ['time', 'status'],
  sql: `
    SELECT ${bucketText} AS time,
           multiIf(name = 'validated.success', 'COMPLETED_PASS', name = 'validated.failure', 'COMPLETED_FAILED',
                   startsWith(name, 'validated'), 'COMPLETED', startsWith(name, 'submitted'), 'PENDING',
                   startsWith(name, 'abandoned'), 'ABANDONED', startsWith(name, 'expired'), 'EXPIRED',
                   'INPROGRESS') AS status,
           uniqExactMerge(seen) AS sessions
    FROM (
      SELECT ${bucketOfRow} AS bucket, name, members AS seen FROM rollups WHERE subject = 'proofing' AND ${inPeriods}
      UNION ALL
      SELECT ${bucketOfTime('toUnixTimestamp64Milli(event_ts)')} AS bucket,
             concat(substring(action, 10), if(outcome = 'unknown', '', concat('.', outcome))) AS name,
             uniqExactState(sipHash64(if(session_id = '', event_id, session_id))) AS seen
      FROM events WHERE ${besidePeriods} AND startsWith(action, 'proofing.') GROUP BY bucket, name
    )
    GROUP BY bucket, status`,
})
