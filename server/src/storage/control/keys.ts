import type { Kysely } from 'kysely'
import { Fault } from '../../core/fault.ts'
import { mintRealm } from '../../core/realm.ts'
import type { KeyRecord, Keys } from '../../ports/control.ts'
import type { Tables } from './tables.ts'
import { idIssues, nameIssues, refuseIssues } from './text.ts'
import type { Changes } from './version.ts'

const toRecord = (row: Tables['access_key']): KeyRecord => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  realm: row.tenant_id !== null && row.community_id !== null ? mintRealm(row.tenant_id, row.community_id) : null,
  authLevel: row.auth_level,
  user: row.user_name,
  roles: row.roles === null ? null : (JSON.parse(row.roles) as string[]),
  disabled: row.disabled === 1,
  expiresAt: row.expires_at,
  createdAt: row.created_at,
  tag: row.tag,
  keyId: row.key_id,
  description: row.description,
  modules: row.modules,
})

const toRow = (record: KeyRecord, secretHash: Uint8Array): Tables['access_key'] => ({
  id: record.id,
  secret_hash: secretHash,
  kind: record.kind,
  name: record.name,
  tenant_id: record.realm?.tenantId ?? null,
  community_id: record.realm?.communityId ?? null,
  auth_level: record.authLevel,
  user_name: record.user,
  roles: record.roles === null ? null : JSON.stringify(record.roles),
  disabled: record.disabled ? 1 : 0,
  expires_at: record.expiresAt,
  created_at: record.createdAt,
  tag: record.tag,
  key_id: record.keyId,
  description: record.description,
  modules: record.modules,
})

const inUse = (what: string, id: string): Fault<'conflict'> =>
  new Fault('conflict', { what, id, why: 'in-use' }, `This ${what} is in use already; choose another one`)

export const makeKeys = (db: Kysely<Tables>, { change, version }: Changes): Keys => {
  const keys = () => db.selectFrom('access_key').selectAll()
  const one = async (query: ReturnType<typeof keys>): Promise<KeyRecord | undefined> => {
    const row = await query.executeTakeFirst()
    return row ? toRecord(row) : undefined
  }

  return {
    async create(record, secretHash) {
      refuseIssues([
        ...idIssues('id', record.id),
        ...nameIssues('name', record.name),
        ...nameIssues('user', record.user ?? undefined),
        ...nameIssues('tag', record.tag ?? undefined),
        ...nameIssues('keyId', record.keyId ?? undefined),
      ])
      await change(async (trx) => {
        const added = await trx
          .insertInto('access_key')
          .values(toRow(record, secretHash))
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst()
        if (added.numInsertedOrUpdatedRows !== 0n) return
        const taken = await trx
          .selectFrom('access_key')
          .select(['tag', 'key_id', 'id'])
          .where((eb) => eb.or([eb('tag', '=', record.tag), eb('key_id', '=', record.keyId), eb('id', '=', record.id)]))
          .execute()
        if (record.tag !== null && taken.some((row) => row.tag === record.tag)) throw inUse('tag', record.tag)
        if (record.keyId !== null && taken.some((row) => row.key_id === record.keyId))
          throw inUse('keyId', record.keyId)
        if (taken.some((row) => row.id === record.id)) throw inUse('id', record.id)
        throw inUse('secret', '')
      })
    },

    bySecret: (secretHash) => one(keys().where('secret_hash', '=', secretHash)),
    byId: (id) => one(keys().where('id', '=', id)),
    async ofUser({ tenantId, communityId }, user) {
      const rows = await keys()
        .where('tenant_id', '=', tenantId)
        .where('community_id', '=', communityId)
        .where('user_name', '=', user)
        .orderBy('id')
        .execute()
      return rows.map(toRecord)
    },
    byTag: (tag) => one(keys().where('tag', '=', tag)),
    byKeyId: (keyId) => one(keys().where('key_id', '=', keyId)),

    async list({ realm, after, limit }) {
      let query = keys().orderBy('id').limit(limit)
      if (realm) query = query.where('tenant_id', '=', realm.tenantId).where('community_id', '=', realm.communityId)
      if (after !== undefined) query = query.where('id', '>', after)
      return (await query.execute()).map(toRecord)
    },

    async update(id, said) {
      refuseIssues(nameIssues('name', said.name))
      const row = {
        ...(said.name === undefined ? {} : { name: said.name }),
        ...(said.description === undefined ? {} : { description: said.description }),
        ...(said.disabled === undefined ? {} : { disabled: said.disabled ? 1 : 0 }),
        ...(said.expiresAt === undefined ? {} : { expires_at: said.expiresAt }),
        ...(said.authLevel === undefined ? {} : { auth_level: said.authLevel }),
        ...(said.modules === undefined ? {} : { modules: said.modules }),
      }
      return change(async (trx) => {
        const done = await trx
          .updateTable('access_key')
          .set((eb) => ({ id: eb.ref('id'), ...row }))
          .where('id', '=', id)
          .executeTakeFirst()
        return done.numUpdatedRows > 0n
      })
    },

    remove: (id) =>
      change(async (trx) => {
        const key = await trx.selectFrom('access_key').select('key_id').where('id', '=', id).executeTakeFirst()
        if (!key) return false
        const names = key.key_id === null ? [id] : [id, key.key_id]
        await trx.deleteFrom('licence_grant').where('key_id', 'in', names).execute()
        const gone = await trx.deleteFrom('access_key').where('id', '=', id).executeTakeFirst()
        return gone.numDeletedRows > 0n
      }),

    version,
  }
}
