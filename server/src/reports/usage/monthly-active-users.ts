import { report } from '../../core/report.ts'
import { count, number } from '../../core/table.ts'
import { applicationParams, monthsTouched } from '../counted.ts'

/** Different users of each month of the realm's calendar (Passport, `monthly-active-users`; months since January 1970). */
export const monthlyActiveUsers = report({
  id: 'monthly-active-users',
  title: 'Monthly active users',
  about: "Different users of each month of the realm's calendar, of everything or of some applications.",
  reads: ['rollups'],
  defaultSpan: 365 * 86_400_000,
  params: applicationParams,
  derives: monthsTouched,
  columns: { interval: number('Months since January 1970'), users: count('Users') },
  order: ['interval'],
  sql: `
    SELECT period AS interval, uniqExactMerge(members) AS users
    FROM rollups
    WHERE unit = 'month' AND period >= {month_from:Int32} AND period <= {month_to:Int32}
      AND has(if(empty({applications:Array(String)}), ['login', 'presence'], ['application']), subject)
      AND (empty({applications:Array(String)}) OR has({applications:Array(String)}, name))
    GROUP BY period
    HAVING users > 0`,
  chart: { kind: 'line', x: 'interval', y: 'users' },
})
