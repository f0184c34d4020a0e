import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Kysely } from 'kysely'
import type { InboxLimits } from '../../../ports/inbox.ts'
import { makePrivate } from '../../private-file.ts'
import { readMigrations } from '../migrations.ts'
import type { Opened } from '../opened.ts'
import type { Tables } from '../tables.ts'
import { threadDialect } from './dialect.ts'
import { sqliteInboxEngine } from './inbox-engine.ts'
import { migrateSqlite } from './migrate.ts'
import type { ThreadData } from './operations.ts'
import { openThread } from './thread.ts'

const MIB = 1_048_576
const WRITER_CACHE = 128 * MIB
const READER_CACHE = 4 * MIB
const STATE_CACHE = 8 * MIB

/**
 * Opens `control.db` in a folder: one thread appends to the inbox and writes for the mover, one reads for the mover,
 * one holds the rest of the state, so that a key is looked up while megabytes are read.
 */
export const openSqlite = async (folder: string, limits: InboxLimits): Promise<Opened> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'control.db')
  // The write-ahead log and the shared memory beside it take their rights from it.
  makePrivate(file)
  await using open = new AsyncDisposableStack()
  const thread = async (data: Omit<ThreadData, 'file'>) => open.use(await openThread({ file, ...data }))
  const writer = await thread({ readOnly: false, cacheBytes: WRITER_CACHE, limits })
  await migrateSqlite(writer, await readMigrations('sqlite'), file)
  const [reader, state] = await Promise.all([
    thread({ readOnly: true, cacheBytes: READER_CACHE, limits: null }),
    thread({ readOnly: false, cacheBytes: STATE_CACHE, limits: null }),
  ])
  const db = new Kysely<Tables>({ dialect: threadDialect(state) })
  const engine = await sqliteInboxEngine(writer, new Kysely<Tables>({ dialect: threadDialect(reader) }))
  const threads = open.move()
  return {
    db,
    engine,
    onlyProcess: true,
    exclusively: (work) => work(),
    [Symbol.asyncDispose]: () => threads.disposeAsync(),
  }
}
