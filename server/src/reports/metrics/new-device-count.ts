import { report } from '../../core/report.ts'
import { count } from '../../core/table.ts'
import { spanHoles } from '../counted.ts'

/** How many devices were seen for the first time (1Kosmos Reports v2.1, metric `M_C_NEW_DEVICES`). */
export const newDeviceCount = report({
  id: 'new-device-count',
  title: 'New devices',
  about: 'How many devices were seen for the first time.',
  reads: ['first_times'],
  defaultSpan: 86_400_000,
  params: {},
  derives: spanHoles,
  columns: { devices: count('Devices') },
  order: ['-devices'],
  sql: `
    SELECT countIf(seen >= {span_from:Int64} AND seen < {span_until:Int64}) AS devices
    FROM (SELECT toUnixTimestamp64Milli(min(first)) AS seen FROM first_times WHERE subject = 'device' GROUP BY key)`,
})
