import type { Kysely } from 'kysely'
import { mintRealm } from '../../../core/realm.ts'
import type { Directory } from '../../../ports/directory.ts'
import type { Tables } from '../tables.ts'

/** What the stream is still to be told of changes. */
export const makeNotes = (db: Kysely<Tables>): Directory['notes'] => ({
  async read(limit) {
    const rows = await db
      .selectFrom('directory_note')
      .selectAll()
      .orderBy('version')
      .orderBy('place')
      .limit(limit)
      .execute()
    return rows.map((row) => ({
      version: row.version,
      place: row.place,
      realm: mintRealm(row.tenant_id, row.community_id),
      body: row.body,
    }))
  },

  async forget(notes) {
    for (const { version, place } of notes)
      await db.deleteFrom('directory_note').where('version', '=', version).where('place', '=', place).execute()
  },
})
