import { report } from '../../core/report.ts'
import { count, text } from '../../core/table.ts'

/** Every application that any event named, ever. */
export const applications = report({
  id: 'applications',
  title: 'Applications',
  about: 'Every application that an event ever named, and how many events did.',
  reads: ['rollups'],
  params: {},
  columns: { application: text('Application'), events: count('Events') },
  order: ['application'],
  sql: `
    SELECT name AS application, sum(told) AS events
    FROM (SELECT name, rollups.events AS told FROM rollups WHERE subject = 'named' AND unit = 'ever')
    GROUP BY name`,
})
