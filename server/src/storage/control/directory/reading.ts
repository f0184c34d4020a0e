import type { Kysely } from 'kysely'
import type { DirectoryKind } from '../../../core/directory.ts'
import { foldName } from '../../../core/directory.ts'
import type { Realm } from '../../../core/realm.ts'
import type { Directory, DirectoryWhere } from '../../../ports/directory.ts'
import type { Tables } from '../tables.ts'
import { toObject } from './rows.ts'

/** The objects of a kind that are there, or that were removed, and fit. */
const objectsOf = (db: Kysely<Tables>, realm: Realm, kind: DirectoryKind, where: DirectoryWhere = {}) => {
  let query = db
    .selectFrom('directory_object')
    .where('tenant_id', '=', realm.tenantId)
    .where('community_id', '=', realm.communityId)
    .where('kind', '=', kind)
    .where('removed', '=', where.removed ? 1 : 0)
  if (where.ids) query = query.where('id', 'in', where.ids.length > 0 ? [...where.ids] : [''])
  if (where.externalId !== undefined) query = query.where('external_id', '=', where.externalId)
  if (where.name !== undefined) query = query.where('name_folded', '=', foldName(where.name))
  if (where.status !== undefined) query = query.where('status', '=', where.status)
  if (where.subjectId !== undefined) query = query.where('subject_id', '=', where.subjectId)
  if (where.subjectIds)
    query = query.where('subject_id', 'in', where.subjectIds.length > 0 ? [...where.subjectIds] : ['\u0001'])
  if (where.objectKind !== undefined) query = query.where('object_kind', '=', where.objectKind)
  if (where.objectId !== undefined) query = query.where('object_id', '=', where.objectId)
  if (where.relation !== undefined) query = query.where('relation', '=', where.relation)
  return query
}

export const makeReading = (db: Kysely<Tables>): Pick<Directory, 'get' | 'list' | 'count'> => ({
  async get(realm, kind, id) {
    const row = await objectsOf(db, realm, kind).where('id', '=', id).selectAll().executeTakeFirst()
    return row && toObject(row)
  },

  async list(realm, kind, { where, after, skip, limit }) {
    let query = objectsOf(db, realm, kind, where).selectAll().orderBy('id').limit(limit)
    if (after !== undefined) query = query.where('id', '>', after)
    if (skip !== undefined && skip > 0) query = query.offset(skip)
    return (await query.execute()).map(toObject)
  },

  async count(realm, kind, where) {
    const counted = await objectsOf(db, realm, kind, where)
      .select((eb) => eb.fn.countAll<number | bigint | string>().as('objects'))
      .executeTakeFirstOrThrow()
    return Number(counted.objects)
  },
})
