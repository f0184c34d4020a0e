import type { Kysely, Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** Changes of keys, grants, realms and service keys, each in one transaction that also raises the version. */
export interface Changes {
  /** Runs work in one transaction; the version grows unless the work throws. */
  change<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
  version(): Promise<number>
}

/** Reads that wait while one is under way share the next one, so that none sees less than what was there when it asked. */
const shareReads = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let current: Promise<T> | undefined
  let next: Promise<T> | undefined
  const start = (): Promise<T> => {
    const started = read().finally(() => {
      if (current === started) current = undefined
    })
    current = started
    return started
  }
  return () => {
    if (!current) return start()
    next ??= current
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }
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
          const done = await work(trx)
          await trx
            .updateTable('control_version')
            .set((eb) => ({ value: eb('value', '+', 1) }))
            .execute()
          return done
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
