import { report } from '../../core/report.ts'
import { count, text } from '../../core/table.ts'
import { bucketOfTime, bucketParams, bucketsInSpan, bucketText } from '../counted.ts'

/** How many devices were seen for the first time, over time (1Kosmos Reports v2.1, metric `M_T_NEW_DEVICES`). */
export const newDevices = report({
  id: 'new-devices',
  title: 'New devices over time',
  about: 'How many devices were seen for the first time, by day or hour.',
  reads: ['first_times'],
  defaultSpan: 86_400_000,
  params: bucketParams,
  derives: bucketsInSpan,
  columns: { time: text('Time'), devices: count('Devices') },
  order: ['time'],
  sql: `
    SELECT ${bucketText} AS time, count() AS devices
    FROM (
      SELECT ${bucketOfTime('seen')} AS bucket
      FROM (SELECT toUnixTimestamp64Milli(min(first)) AS seen FROM first_times WHERE subject = 'device' GROUP BY key)
      WHERE seen >= {span_from:Int64} AND seen < {span_until:Int64}
    )
    GROUP BY bucket`,
  chart: { kind: 'line', x: 'time', y: 'devices' },
})
