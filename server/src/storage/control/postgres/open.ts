import { Kysely } from 'kysely'
import type { Log } from '../../../core/log.ts'
import type { InboxLimits } from '../../../ports/inbox.ts'
import { readMigrations } from '../migrations.ts'
import type { Opened } from '../opened.ts'
import type { Tables } from '../tables.ts'
import { poolDialect } from './dialect.ts'
import { postgresInboxEngine } from './inbox-engine.ts'
import { exclusivelyPostgres, migratePostgres } from './migrate.ts'
import { makePool } from './pool.ts'

const APPENDING_CONNECTIONS = 2
const STATE_CONNECTIONS = 8

/** Opens the control store on PostgreSQL: two connections append, others serve the rest of the state. */
export const openPostgres = async (url: string, limits: InboxLimits, log: Log): Promise<Opened> => {
  await using open = new AsyncDisposableStack()
  const state = open.use(makePool(url, STATE_CONNECTIONS, log))
  const appends = open.use(makePool(url, APPENDING_CONNECTIONS, log))
  await migratePostgres(state, await readMigrations('postgres'))
  const db = new Kysely<Tables>({ dialect: poolDialect(state) })
  const engine = open.use(postgresInboxEngine({ appends, state }, db, limits, log))
  const owned = open.move()
  return {
    db,
    engine,
    onlyProcess: false,
    exclusively: (work) => exclusivelyPostgres(state, work),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
