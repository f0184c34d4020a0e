import { report } from '../../core/report.ts'
import { count, text } from '../../core/table.ts'
import { besidePeriods, cutOf, inPeriods } from '../counted.ts'

/** How often somebody was let in to each application (1Kosmos Reports v2.1, metric `M_G_APPLICATION_USAGE`). */
export const applicationRedirects = report({
  id: 'application-redirects',
  title: 'Use of applications',
  about: 'How often somebody was let in to each application.',
  reads: ['rollups', 'events'],
  defaultSpan: 86_400_000,
  params: {},
  derives: cutOf,
  columns: { application: text('Application'), redirects: count('Times') },
  order: ['-redirects', 'application'],
  sql: `
    SELECT name AS application, sum(told) AS redirects
    FROM (
      SELECT name, events AS told FROM rollups WHERE subject = 'redirect' AND ${inPeriods}
      UNION ALL
      SELECT application AS name, count() AS told FROM events
      WHERE ${besidePeriods} AND action = 'login.redirect' AND outcome != 'failure' GROUP BY application
    )
    GROUP BY name`,
  chart: { kind: 'bars', x: 'application', y: 'redirects' },
})
