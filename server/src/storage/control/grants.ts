import type { Kysely } from 'kysely'
import { mintRealm } from '../../core/realm.ts'
import type { LicenceGrants } from '../../ports/control.ts'
import type { Tables } from './tables.ts'
import type { Changes } from './version.ts'

export const makeGrants = (db: Kysely<Tables>, { change }: Changes): LicenceGrants => ({
  put: (grant) =>
    change(async (trx) => {
      const said = { is_authorized: grant.isAuthorized ? 1 : 0, expires_at: grant.expiresAt }
      await trx
        .insertInto('licence_grant')
        .values({
          key_id: grant.keyId,
          tenant_id: grant.realm.tenantId,
          community_id: grant.realm.communityId,
          ...said,
        })
        .onConflict((conflict) => conflict.columns(['key_id', 'tenant_id', 'community_id']).doUpdateSet(said))
        .execute()
    }),

  remove: (keyId, realm) =>
    change(async (trx) => {
      const gone = await trx
        .deleteFrom('licence_grant')
        .where('key_id', '=', keyId)
        .where('tenant_id', '=', realm.tenantId)
        .where('community_id', '=', realm.communityId)
        .executeTakeFirst()
      return gone.numDeletedRows > 0n
    }),

  async of(keyId) {
    const rows = await db
      .selectFrom('licence_grant')
      .selectAll()
      .where('key_id', '=', keyId)
      .orderBy('tenant_id')
      .orderBy('community_id')
      .execute()
    return rows.map((row) => ({
      keyId: row.key_id,
      realm: mintRealm(row.tenant_id, row.community_id),
      isAuthorized: row.is_authorized === 1,
      expiresAt: row.expires_at,
    }))
  },
})
