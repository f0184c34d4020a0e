import type { Kysely, Transaction } from 'kysely'
import { shareReads } from '../../core/share-reads.ts'
import type { Tables } from './tables.ts'

/** Changes of keys, grants, realms and service keys, each in one transaction that also raises the version. */
export interface Changes {
  /** Runs work in one transaction; the version grows unless the work throws. */
  change<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
  version(): Promise<number>
}

export const makeChanges = (db: Kysely<Tables>, onlyProcess: boolean): Changes => {
  let known: number | undefined
  const read = shareReads(async () => {
    const row = await db.selectFrom('control_version').select('value').executeTakeFirstOrThrow()
    return row.value
  })
  return {
    async change(work) {
      try {
        return await db.transaction().execute(async (trx) => {
          // First, since its lock lets one change happen at a time, whichever process makes it.
          await trx
            .updateTable('control_version')
            .set((eb) => ({ value: eb('value', '+', 1) }))
            .execute()
          return work(trx)
        })
      } finally {
        known = undefined
      }
    },
    async version() {
      if (onlyProcess && known !== undefined) return known
      const value = await read()
      if (onlyProcess) known = value
      return value
    },
  }
}
