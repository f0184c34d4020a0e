import { report } from '../../core/report.ts'
import { count, number } from '../../core/table.ts'
import { applicationParams, hoursTouched, onDial } from '../counted.ts'

/** Registrations made in each hour of the realm's wall clock; one that is withdrawn later stays counted (Passport, `registration`). */
export const hourlyRegistrations = report({
  id: 'hourly-registrations',
  title: 'Registrations by hour',
  about: "Registrations made in each hour of the realm's clock, of everything or of some applications.",
  reads: ['rollups'],
  defaultSpan: 7 * 86_400_000,
  params: applicationParams,
  derives: hoursTouched,
  columns: { interval: number('Hours since 1970'), registrations: count('Registrations') },
  order: ['interval'],
  sql: `
    SELECT hour AS interval, sum(events) AS registrations
    FROM (
      SELECT intDiv(local - positiveModulo(local, 3600000), 3600000) AS hour, events
      FROM (
        SELECT ${onDial('toInt64(period) * 900000')} AS local, events FROM rollups
        WHERE subject = 'registration' AND unit = 'quarter'
          AND (empty({applications:Array(String)}) OR has({applications:Array(String)}, name))
      )
    )
    WHERE hour >= {hour_from:Int64} AND hour <= {hour_to:Int64}
    GROUP BY hour`,
  chart: { kind: 'line', x: 'interval', y: 'registrations' },
})
