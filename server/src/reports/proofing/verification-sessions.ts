import { Type } from 'typebox'
import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

const part = (description: string) => Type.String({ default: '', description: `${description}; empty for any` })
const ms = (description: string) =>
  Type.Integer({ default: 0, description: `${description}, epoch milliseconds; 0 for any` })

/**
 * Sessions of identity verification, as their events and the directory tell them (1Kosmos Reports v2.1,
 * `verification_sessions_report`). The latest event decides: that a session was abandoned or has expired, else the
 * status that it names, else how far it is. One that is pending or in progress has expired when its time is over. What
 * the directory says of a session goes before what its events say.
 */
export const verificationSessions = report({
  id: 'verification-sessions',
  title: 'Verification sessions',
  about: 'Sessions of identity verification: whose, with which document, and how they ended.',
  reads: ['proofing', 'directory'],
  params: {
    id: part('The session'),
    status: part('Its status'),
    document_type: part('Its document, such as dl_object'),
    name: part('A part of the names of its user'),
    start: ms('Created then or later'),
    end: ms('Created then or before'),
    now: ms('When pending sessions are looked at; now'),
  },
  columns: {
    session_id: text('Session'),
    status: text('Status'),
    document_type: text('Document'),
    user_id: text('User', { opens: 'person' }),
    first_name: text('First name'),
    last_name: text('Last name'),
    created_at: instant('Created'),
    updated_at: instant('Changed'),
    expires_at: instant('Expires').orNull(),
  },
  order: ['created_at', 'session_id'],
  sql: `
    WITH
      told AS (
        SELECT session_id,
          tupleElement(max((event_ts, event_id, action)), 3) AS last_action,
          argMaxIf(status, (event_ts, event_id), status IN ('COMPLETED_PASS', 'COMPLETED_FAILED',
            'COMPLETED_NOT_PERFORMED', 'PENDING', 'EXPIRED', 'INPROGRESS', 'DECLINED', 'COMPLETED', 'ABANDONED',
            'CANCELLED')) AS named,
          multiIf(last_action = 'proofing.abandoned', 'ABANDONED', last_action = 'proofing.expired', 'EXPIRED',
            named != '', named, last_action = 'proofing.validated', 'COMPLETED',
            last_action = 'proofing.started', 'PENDING', 'INPROGRESS') AS state,
          argMaxIf(document_type, (event_ts, event_id), document_type != '') AS document,
          argMaxIf(user_name, (event_ts, event_id), user_name != '') AS user_name,
          argMaxIf(first_name, (event_ts, event_id), first_name != '') AS first_name,
          argMaxIf(last_name, (event_ts, event_id), last_name != '') AS last_name,
          argMaxIf(created, (event_ts, event_id), created != '') AS created,
          argMaxIf(expires, (event_ts, event_id), expires != '') AS expires,
          min(event_ts) AS first_ts, max(event_ts) AS last_ts
        FROM proofing WHERE session_id != '' GROUP BY session_id),
      kept AS (
        SELECT s.id AS session_id, upper(s.status) AS state, JSONExtractString(s.attributes, 'documentType') AS document,
          if(u.name != '', u.name, s.subject_id) AS user_name,
          JSONExtractString(s.attributes, 'firstName') AS first_name,
          JSONExtractString(s.attributes, 'lastName') AS last_name,
          trim(BOTH '"' FROM JSONExtractRaw(s.attributes, 'createdAt')) AS created,
          trim(BOTH '"' FROM JSONExtractRaw(s.attributes, 'expiresAt')) AS expires,
          s.created_ts AS first_ts, s.modified_ts AS last_ts
        FROM (SELECT * FROM directory WHERE kind = 'verification_session') AS s
        LEFT JOIN (SELECT id, name FROM directory WHERE kind = 'user') AS u ON u.id = s.subject_id),
      both AS (
        SELECT session_id, state, document, user_name, first_name, last_name, created, expires, first_ts, last_ts
        FROM kept
        UNION ALL
        SELECT session_id, state, document, user_name, first_name, last_name, created, expires, first_ts, last_ts
        FROM told WHERE session_id NOT IN (SELECT session_id FROM kept)),
      timed AS (
        SELECT *, toInt64OrNull(created) AS created_number, toInt64OrNull(expires) AS expires_number,
          coalesce(if(created_number IS NULL, parseDateTime64BestEffortOrNull(created, 3, 'UTC'),
            fromUnixTimestamp64Milli(if(created_number < 100000000000, created_number * 1000, created_number), 'UTC')),
            first_ts) AS at,
          if(expires_number IS NULL, parseDateTime64BestEffortOrNull(expires, 3, 'UTC'),
            fromUnixTimestamp64Milli(if(expires_number < 100000000000, expires_number * 1000, expires_number), 'UTC'))
            AS until,
          if({now:Int64} = 0, now64(3, 'UTC'), fromUnixTimestamp64Milli({now:Int64}, 'UTC')) AS today,
          if(state IN ('PENDING', 'INPROGRESS') AND until IS NOT NULL AND until < today, 'EXPIRED', state) AS current
        FROM both)
    SELECT session_id, current AS status, document AS document_type, user_name AS user_id, first_name, last_name,
      at AS created_at, last_ts AS updated_at, until AS expires_at
    FROM timed
    WHERE ({id:String} = '' OR session_id = {id:String})
      AND ({status:String} = '' OR current = {status:String})
      AND ({document_type:String} = '' OR document = {document_type:String})
      AND ({name:String} = '' OR positionCaseInsensitiveUTF8(
        concat(user_name, '\\n', first_name, ' ', last_name), {name:String}) > 0)
      AND ({start:Int64} = 0 OR at >= fromUnixTimestamp64Milli({start:Int64}, 'UTC'))
      AND ({end:Int64} = 0 OR at <= fromUnixTimestamp64Milli({end:Int64}, 'UTC'))`,
})
