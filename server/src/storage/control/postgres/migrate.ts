import { type Migration, pending } from '../migrations.ts'
import type { Pool } from './pool.ts'

/** Any numbers that no other program of the same database uses. */
const MIGRATION_LOCK = 7236311
const WORK_LOCK = 7236312

/** Runs work while no other process of the same database does; the lock goes with the connection. */
export const exclusivelyPostgres = <T>(pool: Pool, work: () => Promise<T>): Promise<T> =>
  pool.use(async (query) => {
    await query({ text: 'select pg_advisory_lock($1)', values: [WORK_LOCK] })
    try {
      return await work()
    } finally {
      await query({ text: 'select pg_advisory_unlock($1)', values: [WORK_LOCK] })
    }
  })

/** Brings a database up to date, each step in one transaction with its record; one process at a time. */
export const migratePostgres = (pool: Pool, migrations: readonly Migration[]): Promise<void> =>
  pool.use(async (query) => {
    const [encoding] = (await query({ text: 'show server_encoding' })).rows
    if (encoding?.server_encoding !== 'UTF8')
      throw new Error(
        `The control store's database has the encoding ${String(encoding?.server_encoding)}; create it with UTF8`,
      )
    await query({ text: 'select pg_advisory_lock($1)', values: [MIGRATION_LOCK] })
    try {
      await query({ text: 'create table if not exists migration (number integer primary key, name text not null)' })
      const { rows } = await query({ text: 'select number from migration' })
      const applied = rows.map((row) => Number(row.number))
      for (const { number, name, script } of pending(migrations, applied, 'on PostgreSQL')) {
        await query({ text: 'begin' })
        try {
          await query({ text: script })
          await query({ text: 'insert into migration (number, name) values ($1, $2)', values: [number, name] })
          await query({ text: 'commit' })
        } catch (error) {
          await query({ text: 'rollback' })
          throw error
        }
      }
    } finally {
      await query({ text: 'select pg_advisory_unlock($1)', values: [MIGRATION_LOCK] })
    }
  })
