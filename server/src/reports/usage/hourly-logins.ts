import { Type } from 'typebox'
import { report } from '../../core/report.ts'
import { count, number } from '../../core/table.ts'
import { applicationParams, hoursTouched, onDial } from '../counted.ts'

/**
 * Logins of each hour of the realm's wall clock, once per session, in the hour in which the session was told first. Over
 * all applications these are logins; for some of them also the times that a session was let in to one. Of some users, what
 * was told of them alone counts (Passport, `login`; the interval is the number of hours since 1970).
 */
export const hourlyLogins = report({
  id: 'hourly-logins',
  title: 'Logins by hour',
  about: "Logins of each hour of the realm's clock, once per session, of everything or of some applications or users.",
  reads: ['first_times'],
  defaultSpan: 7 * 86_400_000,
  params: {
    ...applicationParams,
    users: Type.Array(Type.String({ maxLength: 8_192 }), {
      default: [],
      maxItems: 100,
      description: 'Only these users; none for all',
    }),
  },
  derives: hoursTouched,
  columns: { interval: number('Hours since 1970'), logins: count('Logins') },
  order: ['interval'],
  sql: `
    SELECT hour AS interval, count() AS logins
    FROM (
      SELECT intDiv(local - positiveModulo(local, 3600000), 3600000) AS hour
      FROM (
        SELECT ${onDial('at')} AS local
        FROM (
          SELECT toUnixTimestamp64Milli(min(first)) AS at FROM first_times
          WHERE subject = 'login'
            AND has(if(empty({applications:Array(String)}), [''], {applications:Array(String)}), name)
            AND (empty({users:Array(String)}) OR has(arrayMap(id -> sipHash64(id), {users:Array(String)}), user))
          GROUP BY key
        )
      )
    )
    WHERE hour >= {hour_from:Int64} AND hour <= {hour_to:Int64}
    GROUP BY hour`,
  chart: { kind: 'line', x: 'interval', y: 'logins' },
})
