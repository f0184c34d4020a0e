import { report } from '../../core/report.ts'
import { count, instant, json, text } from '../../core/table.ts'

export const directoryObjects = report({
  id: 'directory-objects',
  title: 'Directory',
  about: 'What the directory holds now: users, groups, roles, applications, things, and who may do what with them.',
  reads: ['directory'],
  params: {},
  columns: {
    kind: text('Kind'),
    id: text('Id'),
    external_id: text('External id'),
    name: text('Name'),
    display: text('Shown as'),
    status: text('Status'),
    subject_kind: text('Kind of who'),
    subject_id: text('Who'),
    relation: text('Relation'),
    object_kind: text('Kind of what'),
    object_id: text('What'),
    attributes: json('Attributes'),
    created_ts: instant('Created'),
    created_by: text('Created by'),
    modified_ts: instant('Changed'),
    version: count('Version'),
  },
  order: ['kind', 'id'],
  sql: `SELECT kind, id, external_id, name, display, status, subject_kind, subject_id, relation, object_kind, object_id,
  attributes, created_ts, created_by, modified_ts, version
FROM directory`,
})
