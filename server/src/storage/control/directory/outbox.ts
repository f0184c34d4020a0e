import type { Kysely } from 'kysely'
import type { Directory } from '../../../ports/directory.ts'
import { mayTake, taking } from '../lease.ts'
import type { Tables } from '../tables.ts'
import { toObject } from './rows.ts'

/** What the mirror reads and writes: everything with a version above its mark is still to be sent. */
export const makeOutbox = (
  db: Kysely<Tables>,
  now: () => number,
  changed: Directory['outbox']['changed'],
): Directory['outbox'] => {
  const mark = async (): Promise<number> => {
    const row = await db.selectFrom('directory_mirror').select('mark').executeTakeFirstOrThrow()
    return row.mark
  }
  return {
    mark,
    changed,

    async waiting(realm) {
      const last = await db
        .selectFrom('directory_object')
        .select('version')
        .where('tenant_id', '=', realm.tenantId)
        .where('community_id', '=', realm.communityId)
        .orderBy('version', 'desc')
        .limit(1)
        .executeTakeFirst()
      return last && last.version > (await mark()) ? last.version : 0
    },

    async lease(holder, ttlMs) {
      const at = now()
      const held = await db
        .updateTable('directory_mirror')
        .set(taking(holder, at + ttlMs))
        .where(mayTake(holder, at))
        .returning('fence')
        .executeTakeFirst()
      return held ? { holder, fence: held.fence } : null
    },

    async release(lease) {
      await db
        .updateTable('directory_mirror')
        .set({ holder: '', held_until: 0 })
        .where('holder', '=', lease.holder)
        .where('fence', '=', lease.fence)
        .execute()
    },

    async read(after, limit) {
      const rows = await db
        .selectFrom('directory_object')
        .selectAll()
        .where('version', '>', after)
        .orderBy('version')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        realm: { tenantId: row.tenant_id, communityId: row.community_id },
        object: toObject(row),
      }))
    },

    async settle(lease, upTo) {
      const moved = await db
        .updateTable('directory_mirror')
        .set({ mark: upTo })
        .where('holder', '=', lease.holder)
        .where('fence', '=', lease.fence)
        .where('mark', '<=', upTo)
        .executeTakeFirst()
      if (moved.numUpdatedRows === 0n)
        throw new Error(`The lease ${lease.fence} of ${lease.holder} is no longer held: another process mirrors now`)
    },
  }
}
