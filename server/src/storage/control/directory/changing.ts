import { type Kysely, sql, type Transaction } from 'kysely'
import type { DirectoryObject } from '../../../core/directory.ts'
import { Fault } from '../../../core/fault.ts'
import type { Realm } from '../../../core/realm.ts'
import type {
  Directory,
  DirectoryChange,
  DirectoryChanged,
  DirectoryPut,
  DirectoryRemoval,
} from '../../../ports/directory.ts'
import type { Tables } from '../tables.ts'
import { draftColumns, saysAlready, toObject } from './rows.ts'

type Trx = Transaction<Tables>
type ObjectRow = Tables['directory_object']

/** What a change stands in: its realm, who makes it and when. */
interface Setting {
  readonly trx: Trx
  readonly realm: Realm
  readonly by: string
  readonly now: number
}

/** Takes the counter's lock, so that one transaction changes the directory at a time; answers the last number given. */
const lockCounter = async (trx: Trx): Promise<number> => {
  const { version } = await trx
    .updateTable('directory_counter')
    .set((eb) => ({ version: eb.ref('version') }))
    .returning('version')
    .executeTakeFirstOrThrow()
  return version
}

const keepCounter = async (trx: Trx, version: number): Promise<void> => {
  await trx.updateTable('directory_counter').set({ version }).execute()
}

const rowOf = ({ trx, realm }: Setting, kind: string, id: string): Promise<ObjectRow | undefined> =>
  trx
    .selectFrom('directory_object')
    .selectAll()
    .where('tenant_id', '=', realm.tenantId)
    .where('community_id', '=', realm.communityId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst()

const refuseMoved = (change: DirectoryChange, before: DirectoryObject | undefined): void => {
  if (change.ifVersion === undefined || change.ifVersion === (before?.version ?? 0)) return
  const { kind, id } = change
  throw new Fault(
    'conflict',
    { what: kind, id, why: change.ifVersion === 0 ? 'exists' : 'version' },
    change.ifVersion === 0
      ? `There is a ${kind} ${JSON.stringify(id)} already`
      : `The ${kind} ${JSON.stringify(id)} has changed meanwhile; read it again`,
  )
}

const refuseTaken = async (setting: Setting, change: DirectoryChange, key: string | null): Promise<void> => {
  if (key === null) return
  const taken = await setting.trx
    .selectFrom('directory_object')
    .select('id')
    .where('tenant_id', '=', setting.realm.tenantId)
    .where('community_id', '=', setting.realm.communityId)
    .where('kind', '=', change.kind)
    .where('unique_key', '=', key)
    .where('id', '!=', change.id)
    .executeTakeFirst()
  if (taken)
    throw new Fault(
      'conflict',
      { what: change.kind, id: taken.id, why: 'unique' },
      `There is such a ${change.kind} already: ${JSON.stringify(taken.id)}`,
    )
}

const put = async (setting: Setting, change: DirectoryPut, version: number): Promise<DirectoryChanged> => {
  const { trx, realm, by, now } = setting
  const row = await rowOf(setting, change.kind, change.id)
  const before = row && row.removed === 0 ? toObject(row) : undefined
  refuseMoved(change, before)
  const columns = draftColumns(change.kind, change.draft)
  if (row && before && !change.touch && saysAlready(row, columns)) return { before, after: before }
  await refuseTaken(setting, change, columns.unique_key)
  const said: ObjectRow = {
    tenant_id: realm.tenantId,
    community_id: realm.communityId,
    kind: change.kind,
    id: change.id,
    ...columns,
    version,
    created_at: before?.createdAt ?? now,
    created_by: before?.createdBy ?? by,
    modified_at: now,
    removed: 0,
  }
  await trx
    .insertInto('directory_object')
    .values(said)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'community_id', 'kind', 'id']).doUpdateSet(said))
    .execute()
  const after = toObject(said)
  return before ? { before, after } : { after }
}

/**
 * Removes the rows that a condition finds, each under a number of its own after `version`; answers the last one given.
 * Names stay, for what the stream says of them; attributes go.
 */
const removeRows = async (
  { trx, realm, now }: Setting,
  version: number,
  which: ReturnType<typeof sql<boolean>>,
): Promise<number> => {
  const { rows } = await sql<{ version: number }>`
    with gone as (
      select kind, id, row_number() over (order by kind, id) as place from directory_object
      where tenant_id = ${realm.tenantId} and community_id = ${realm.communityId} and removed = 0 and ${which}
    )
    update directory_object set
      removed = 1, unique_key = null, attributes = '{}', modified_at = ${now}, version = ${version} + gone.place
    from gone
    where directory_object.tenant_id = ${realm.tenantId} and directory_object.community_id = ${realm.communityId}
      and directory_object.kind = gone.kind and directory_object.id = gone.id
    returning directory_object.version as version`.execute(trx)
  return rows.reduce((last, row) => Math.max(last, row.version), version)
}

const remove = async (
  setting: Setting,
  change: DirectoryRemoval,
  version: number,
): Promise<{ readonly changed: DirectoryChanged; readonly version: number }> => {
  const { kind, id } = change
  const row = await rowOf(setting, kind, id)
  const before = row && row.removed === 0 ? toObject(row) : undefined
  refuseMoved(change, before)
  if (!before) return { changed: {}, version }
  const last = await removeRows(
    setting,
    version,
    sql<boolean>`((kind = ${kind} and id = ${id})
      or (subject_kind = ${kind} and subject_id = ${id} and object_kind != '')
      or (object_kind = ${kind} and object_id = ${id}))`,
  )
  return { changed: { before }, version: last }
}

/** Removes everything of a realm, with the realm, in its transaction. */
export const removeDirectory = async (trx: Trx, realm: Realm, now: number): Promise<void> => {
  const version = await lockCounter(trx)
  await keepCounter(trx, await removeRows({ trx, realm, by: '', now }, version, sql<boolean>`1 = 1`))
}

export const makeChanging =
  (db: Kysely<Tables>, ring: () => void): Directory['change'] =>
  async (realm, by, now, changes, describe) => {
    const changed = await db.transaction().execute(async (trx) => {
      const setting: Setting = { trx, realm, by, now }
      const first = await lockCounter(trx)
      const there = await trx
        .selectFrom('community')
        .select('id')
        .where('tenant_id', '=', realm.tenantId)
        .where('id', '=', realm.communityId)
        .executeTakeFirst()
      if (!there) throw new Fault('unknown-realm', { ...realm }, 'This realm was removed')
      let version = first
      const done: DirectoryChanged[] = []
      for (const change of changes)
        if (change.do === 'put') {
          done.push(await put(setting, change, ++version))
        } else {
          const removed = await remove(setting, change, version)
          done.push(removed.changed)
          version = removed.version
        }
      await keepCounter(trx, version)
      const notes = describe?.(done) ?? []
      for (const [place, body] of notes.entries())
        await trx
          .insertInto('directory_note')
          .values({ version, place, tenant_id: realm.tenantId, community_id: realm.communityId, body })
          .execute()
      return done
    })
    ring()
    return changed
  }
