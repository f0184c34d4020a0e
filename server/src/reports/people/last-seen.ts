import { Type } from 'typebox'
import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

const who = (description: string) => Type.String({ default: '', description: `${description}; empty for any` })

/**
 * The newest event of a user, a device or a person, however old: all that is given must be true of one event
 * (1Kosmos Reports v2.1, `last_seen_report`). Reads a state that grows with people, not with events.
 */
export const lastSeen = report({
  id: 'last-seen',
  title: 'Last seen',
  about: 'The newest event of a user, a device or a person, however old it is.',
  reads: ['people'],
  params: {
    user_id: who('The user'),
    device_id: who('The device'),
    person_id: who('The person'),
    event_name: who('The name of the event'),
  },
  columns: { event_ts: instant('Time'), event_id: text('Event', { opens: 'event' }) },
  order: ['-event_ts', '-event_id'],
  sql: `
    SELECT tupleElement(max(latest) AS newest, 1) AS event_ts, tupleElement(newest, 2) AS event_id
    FROM people
    WHERE ({user_id:String} = '' OR user_id = {user_id:String})
      AND ({device_id:String} = '' OR device_id = {device_id:String})
      AND ({person_id:String} = '' OR person_id = {person_id:String})
      AND ({event_name:String} = '' OR event_name = {event_name:String})
    HAVING count() > 0`,
})
