import { createHash } from 'node:crypto'
import {
  type DirectoryDraft,
  type DirectoryKind,
  type DirectoryLink,
  type DirectoryObject,
  foldName,
  uniqueKeyOf,
} from '../../../core/directory.ts'
import type { Tables } from '../tables.ts'

type ObjectRow = Tables['directory_object']

const linkOf = (kind: string, id: string): DirectoryLink | null =>
  kind === '' ? null : { kind: kind as DirectoryKind, id }

export const toObject = (row: ObjectRow): DirectoryObject => ({
  kind: row.kind as DirectoryKind,
  id: row.id,
  externalId: row.external_id,
  name: row.name,
  display: row.display,
  status: row.status,
  subject: linkOf(row.subject_kind, row.subject_id),
  object: linkOf(row.object_kind, row.object_id),
  relation: row.relation,
  attributes: row.attributes,
  version: row.version,
  createdAt: row.created_at,
  createdBy: row.created_by,
  modifiedAt: row.modified_at,
  removed: row.removed === 1,
})

/** The columns that a draft says. */
export const draftColumns = (kind: DirectoryKind, draft: DirectoryDraft) => {
  const unique = uniqueKeyOf(kind, draft)
  return {
    external_id: draft.externalId,
    name: draft.name,
    name_folded: foldName(draft.name),
    unique_key: unique === undefined ? null : createHash('sha256').update(unique).digest('hex'),
    display: draft.display,
    status: draft.status,
    subject_kind: draft.subject?.kind ?? '',
    subject_id: draft.subject?.id ?? '',
    object_kind: draft.object?.kind ?? '',
    object_id: draft.object?.id ?? '',
    relation: draft.relation,
    attributes: draft.attributes,
  }
}

/** Whether a row says already what a draft would make it say. */
export const saysAlready = (row: ObjectRow, columns: ReturnType<typeof draftColumns>): boolean =>
  Object.entries(columns).every(([name, value]) => row[name as keyof typeof columns] === value)
