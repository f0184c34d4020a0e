import type { Transaction } from 'kysely'
import { uuidv7 } from 'uuidv7'
import type { Realm } from '../../core/realm.ts'
import { jobRow } from './jobs.ts'
import type { Tables } from './tables.ts'

/**
 * Gives a realm whose zone changed its next clock, so that hours which another zone stamped are known as such, and a job
 * that counts its days and months by it.
 */
export const giveClock = async (
  trx: Transaction<Tables>,
  realm: Realm,
  clock: number,
  createdAt: number,
): Promise<void> => {
  await trx
    .updateTable('community')
    .set({ clock })
    .where('tenant_id', '=', realm.tenantId)
    .where('id', '=', realm.communityId)
    .execute()
  const job = {
    id: uuidv7(),
    kind: 'recount',
    owner: 'rollcall',
    requestedBy: 'rollcall',
    payload: { clock },
    mostAttempts: 50,
    createdAt,
  }
  await trx.insertInto('job').values(jobRow(realm, job)).execute()
}
