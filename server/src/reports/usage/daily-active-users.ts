import { report } from '../../core/report.ts'
import { count, number } from '../../core/table.ts'
import { applicationParams, daysTouched } from '../counted.ts'

/**
 * Different users of each day of the realm's calendar: who logged in, was let in to an application, or proved a factor.
 * Days that nobody used are left out (Passport, `daily-active-users`; the interval is the number of days since 1970).
 */
export const dailyActiveUsers = report({
  id: 'daily-active-users',
  title: 'Daily active users',
  about: "Different users of each day of the realm's calendar, of everything or of some applications.",
  reads: ['rollups'],
  defaultSpan: 30 * 86_400_000,
  params: applicationParams,
  derives: daysTouched,
  columns: { interval: number('Days since 1970'), users: count('Users') },
  order: ['interval'],
  sql: `
    SELECT period AS interval, uniqExactMerge(members) AS users
    FROM rollups
    WHERE unit = 'day' AND period >= {day_from:Int32} AND period <= {day_to:Int32}
      AND has(if(empty({applications:Array(String)}), ['login', 'presence'], ['application']), subject)
      AND (empty({applications:Array(String)}) OR has({applications:Array(String)}, name))
    GROUP BY period
    HAVING users > 0`,
  chart: { kind: 'line', x: 'interval', y: 'users' },
})
