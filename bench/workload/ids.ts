import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Ids of one transaction. */
const BLOCK = 250_000

/**
 * Fills the window of ids of a server that is stopped, with random ones as senders' ids hash to, so that each id of the
 * events to come is looked up among so many. Sorted within a block, which takes a tenth of the time.
 */
export const writeIds = (folder: string, count: number): void => {
  const database = new DatabaseSync(join(folder, 'control.db'))
  try {
    database.exec('pragma synchronous = off; pragma cache_size = -524288')
    const insert = database.prepare(`
      with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
      insert into id_current (id, body) select randomblob(16), randomblob(16) from n order by 1`)
    const note = database.prepare('update inbox_counter set ids = ids + ?')
    for (let left = count; left > 0; left -= BLOCK) {
      const block = Math.min(BLOCK, left)
      database.exec('begin')
      insert.run(block)
      note.run(block)
      database.exec('commit')
    }
    database.exec('pragma wal_checkpoint(truncate)')
  } finally {
    database.close()
  }
}
