import type { Migration } from '../migrations.ts'
import { pending } from '../migrations.ts'
import type { Thread } from './thread.ts'

/** Brings a database up to date, each step in one transaction with its record. */
export const migrateSqlite = async (thread: Thread, migrations: readonly Migration[], where: string): Promise<void> => {
  const run = (sql: string, parameters: readonly unknown[] = []) => thread.call('run', { sql, parameters })
  await thread.call('exec', { script: 'begin immediate' })
  try {
    await run('create table if not exists migration (number integer primary key, name text not null) strict')
    const applied = (await run('select number from migration')).rows.map((row) => Number(row.number))
    for (const { number, name, script } of pending(migrations, applied, where)) {
      await thread.call('exec', { script })
      await run('insert into migration (number, name) values (?, ?)', [number, name])
      await thread.call('exec', { script: 'commit; begin immediate' })
    }
    await thread.call('exec', { script: 'commit' })
  } catch (error) {
    await thread.call('exec', { script: 'rollback' }).catch(() => undefined)
    throw error
  }
}
