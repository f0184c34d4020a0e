import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** The store's random name, given when it is new; its id window begins then. */
export const nameStore = (db: Kysely<Tables>, now: number): Promise<string> =>
  db.transaction().execute(async (trx) => {
    const added = await trx
      .insertInto('store')
      .values({ one: 1, id: randomBytes(9).toString('base64url'), created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (added.numInsertedOrUpdatedRows !== 0n)
      await trx.updateTable('inbox_counter').set({ current_since: now, older_since: now }).execute()
    const { id } = await trx.selectFrom('store').select('id').executeTakeFirstOrThrow()
    return id
  })
