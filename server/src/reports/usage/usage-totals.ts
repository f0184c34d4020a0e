import { report } from '../../core/report.ts'
import { count, text } from '../../core/table.ts'

/**
 * What there is and ever was, for each application that any event named, and for all together under an empty name:
 * logins (once per session), registrations that stand now, and registrations ever made. All together, registrations are
 * users: those that are there and those that ever were (Passport, `totals`).
 */
export const usageTotals = report({
  id: 'usage-totals',
  title: 'Totals',
  about: 'Logins, current registrations and registrations ever made, of each application and of all together.',
  reads: ['rollups', 'first_times', 'registrations'],
  params: {},
  columns: {
    application: text('Application'),
    logins: count('Logins'),
    registrations: count('Registrations'),
    total_registrations: count('Registrations ever'),
  },
  order: ['application'],
  sql: `
    SELECT application, sum(logged) AS logins, sum(current) AS registrations, sum(ever) AS total_registrations
    FROM (
      SELECT name AS application, 0 AS logged, 0 AS current, 0 AS ever FROM rollups
      WHERE subject = 'named' AND unit = 'ever'
      UNION ALL
      SELECT name AS application, uniqExact(key) AS logged, 0 AS current, 0 AS ever FROM first_times
      WHERE subject = 'login' GROUP BY name
      UNION ALL
      SELECT name AS application, 0 AS logged, 0 AS current, sum(events) AS ever FROM rollups
      WHERE subject = 'registration' AND unit = 'ever' AND name != '' GROUP BY name
      UNION ALL
      SELECT application, 0 AS logged, countIf(latest_made > latest_withdrawn AND latest_made > deleted) AS current, 0 AS ever
      FROM (
        SELECT application, user_id, max(made) AS latest_made, max(withdrawn) AS latest_withdrawn
        FROM registrations WHERE application != '' GROUP BY application, user_id
      ) AS registered
      LEFT JOIN (
        SELECT user_id, max(withdrawn) AS deleted FROM registrations WHERE application = '' GROUP BY user_id
      ) AS gone USING (user_id)
      GROUP BY application
      UNION ALL
      SELECT '' AS application, 0 AS logged, countIf(latest_made > deleted) AS current,
             countIf(latest_made > tuple(toDateTime64(0, 3, 'UTC'), '')) AS ever
      FROM (
        SELECT user_id, max(made) AS latest_made, max(withdrawn) AS deleted
        FROM registrations WHERE application = '' GROUP BY user_id
      )
      HAVING ever > 0
    )
    GROUP BY application`,
})
