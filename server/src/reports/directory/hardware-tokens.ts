import { Type } from 'typebox'
import { report } from '../../core/report.ts'
import { instant, text } from '../../core/table.ts'

/** Every hardware token, whoever has it (1Kosmos Reports v2.1, `hardwaretokens_export` of `hardware_tokens`). */
export const hardwareTokens = report({
  id: 'hardware-tokens',
  title: 'Hardware tokens',
  about: 'Every hardware token: its serial number, its type, its status and who has it.',
  reads: ['directory'],
  params: { search: Type.String({ default: '', description: 'A part of the serial number, the type or the user' }) },
  columns: {
    serial: text('Serial number'),
    type: text('Type'),
    status: text('Status'),
    user_id: text('User', { opens: 'person' }),
    name: text('Name'),
    registered_at: instant('Registered'),
    changed_at: instant('Changed'),
    token_id: text('Token'),
  },
  order: ['serial', 'token_id'],
  sql: `
    SELECT serial, type, status, user_id, name, registered_at, changed_at, token_id FROM (
      SELECT if(t.name != '', t.name, t.id) AS serial, JSONExtractString(t.attributes, 'type') AS type,
        t.status AS status, if(u.name != '', u.name, t.subject_id) AS user_id, u.display AS name,
        t.created_ts AS registered_at, t.modified_ts AS changed_at, t.id AS token_id
      FROM (SELECT * FROM directory WHERE kind = 'hardware_token') AS t
      LEFT JOIN (SELECT id, name, display FROM directory WHERE kind = 'user') AS u ON u.id = t.subject_id)
    WHERE {search:String} = ''
      OR positionCaseInsensitiveUTF8(concat(serial, '\\n', type, '\\n', user_id, '\\n', name), {search:String}) > 0`,
})
