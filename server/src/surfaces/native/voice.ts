import type { KeyRecord, RealmRecord, SetAside } from '../../app/app.ts'
import type { DirectoryObject } from '../../core/directory.ts'
import { writeInstant } from '../../core/instant.ts'
import { type Added, splice } from '../../core/splice.ts'
import type { Row } from '../../core/table.ts'

/** Columns that a found event shows beside what was sent, unless its sender used the name. */
export const shownColumns = [
  'event_id',
  'event_name',
  'event_ts',
  'received_ts',
  'seq',
  'dialect',
  'kind',
  'action',
  'outcome',
  'category',
] as const

const shown = (name: string, value: Row[string]): string =>
  JSON.stringify(name.endsWith('_ts') && typeof value === 'number' ? writeInstant(value) : value)

const never = (): boolean => false

/** The server's fields of a found event; a name that its sender used keeps the sender's value. */
export const addedToEvent = (row: Row): readonly Added[] =>
  shownColumns.filter((name) => row[name] !== undefined).map((name) => [name, shown(name, row[name] ?? null), never])

/** A found event as JSON text: what was sent, byte for byte, with the server's fields behind it. */
export const sayEvent = (row: Row): string => splice(String(row.raw).trim(), addedToEvent(row))

export const sayRealm = (record: RealmRecord) => ({
  tenant: { ...record.tenant, dns: [...record.tenant.dns] },
  community: { ...record.community },
  timezone: record.timezone,
  createdAt: writeInstant(record.createdAt),
})

export const sayKey = (record: KeyRecord) => ({
  id: record.id,
  kind: record.kind,
  name: record.name,
  realm: record.realm && { tenantId: record.realm.tenantId, communityId: record.realm.communityId },
  authLevel: record.authLevel,
  user: record.user,
  roles: record.roles && [...record.roles],
  disabled: record.disabled,
  expiresAt: record.expiresAt === null ? null : writeInstant(record.expiresAt),
  createdAt: writeInstant(record.createdAt),
})

export const saySetAside = (event: SetAside) => ({
  id: event.id,
  realm: { tenantId: event.realm.tenantId, communityId: event.realm.communityId },
  seq: event.seq,
  eventTs: writeInstant(event.eventTs),
  reason: event.reason,
  setAsideAt: writeInstant(event.setAsideAt),
  row: event.row,
})

export const sayObject = (object: DirectoryObject) => ({
  kind: object.kind,
  id: object.id,
  externalId: object.externalId,
  name: object.name,
  display: object.display,
  status: object.status,
  subject: object.subject && { ...object.subject },
  object: object.object && { ...object.object },
  relation: object.relation,
  attributes: JSON.parse(object.attributes) as object,
  version: object.version,
  createdAt: writeInstant(object.createdAt),
  createdBy: object.createdBy,
  modifiedAt: writeInstant(object.modifiedAt),
})
