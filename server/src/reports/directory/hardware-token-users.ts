import { Type } from 'typebox'
import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** Who has which hardware token (1Kosmos Reports v2.1, `hardwaretokens_export` of `user_hardwaretokens`). */
export const hardwareTokenUsers = report({
  id: 'hardware-token-users',
  title: 'Hardware tokens of users',
  about: 'Who has which hardware token.',
  reads: ['directory'],
  params: { search: Type.String({ default: '', description: 'A part of the serial number, the type or the user' }) },
  columns: {
    user_id: text('User', { opens: 'person' }),
    name: text('Name'),
    user_status: text('Status of the user'),
    serial: text('Serial number'),
    type: text('Type'),
    status: text('Status'),
    changed_at: instant('Changed'),
    token_id: text('Token'),
  },
  order: ['user_id', 'serial', 'token_id'],
  sql: `
    SELECT user_id, name, user_status, serial, type, status, changed_at, token_id FROM (
      SELECT if(u.name != '', u.name, t.subject_id) AS user_id, u.display AS name, u.status AS user_status,
        if(t.name != '', t.name, t.id) AS serial, JSONExtractString(t.attributes, 'type') AS type,
        t.status AS status, t.modified_ts AS changed_at, t.id AS token_id
      FROM (SELECT * FROM directory WHERE kind = 'hardware_token' AND subject_id != '') AS t
      LEFT JOIN (SELECT id, name, display, status FROM directory WHERE kind = 'user') AS u ON u.id = t.subject_id)
    WHERE {search:String} = ''
      OR positionCaseInsensitiveUTF8(concat(serial, '\\n', type, '\\n', user_id, '\\n', name), {search:String}) > 0`,
})
