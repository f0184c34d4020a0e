import { join } from 'node:path'
import type { Stage } from './bench.ts'
import type { PostgresOptions } from './rival/postgres.ts'
import type { RivalOptions } from './rival/server.ts'
import { type Role, startRole } from './roles/start.ts'
import { type RollcallOptions, type RunningRollcall, startRollcall } from './rollcall/rollcall.ts'
import type { Target } from './workload/requests.ts'

/** A contender that runs and can be sent to. */
export interface Running extends AsyncDisposable {
  readonly target: Target
  /** Its processes; what they started counts with them. */
  readonly pids: readonly number[]
  readonly rollcall?: RunningRollcall
}

/** One way of taking events; it keeps its store from run to run, and nothing of it runs in between. */
export interface Contender {
  readonly name: string
  start(): Promise<Running>
}

const here = import.meta.dirname
const realm = { tenantId: 'tenant', communityId: 'community' }
const LICENCE = '5b0b2a7e-8a0d-4bd0-9a84-0d3ff6d3a7f1'

/** Connections of the rival to its database: of 8, 16 and 32 the quickest on two cores. */
export const POOL = 16

type PostgresAsks = { run(about: { database: string; statements: readonly string[] }): Promise<void> }
export type Postgres = Role<{ url: string; settings: Record<string, string> }, PostgresAsks>

const created = new Set<string>()

/** Starts PostgreSQL on a folder, with a database; both are made when they are not there. */
export const startPostgres = async (folder: string, database: string): Promise<Postgres> => {
  const options: PostgresOptions = { folder, create: !created.has(folder) }
  created.add(folder)
  const postgres: Postgres = await startRole(join(here, 'rival/postgres.ts'), options)
  await postgres.ask('run', { database, statements: [] })
  return postgres
}

/** Leaves nothing of a run to do for the next. */
const rest = (postgres: Postgres, database: string): Promise<void> =>
  postgres.ask('run', { database, statements: ['CHECKPOINT'] })

/** The rival on a running database. */
export const startRival = (
  postgres: Postgres,
  database: string,
  insert: RivalOptions['insert'],
): Promise<Role<{ port: number }, Record<string, never>>> => {
  const options: RivalOptions = {
    database: `${postgres.ready.url}${database}`,
    pool: POOL,
    insert,
    realm,
    licence: LICENCE,
  }
  return startRole(join(here, 'rival/server.ts'), options)
}

export const rivalLicence = LICENCE

/** The hand-written rival, each form on a database of its own. */
export const rival = (stage: Stage, insert: RivalOptions['insert']): Contender => ({
  name: insert === 'one' ? 'rival, one insert' : 'rival, group commit',
  async start() {
    const database = `rival_${insert}`
    const postgres = await startPostgres(stage.folder('postgres-rival'), database)
    const server = await startRival(postgres, database, insert)
    return {
      target: { form: 'plain', port: server.ready.port, realm, licence: LICENCE },
      pids: [postgres.pid, server.pid],
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await rest(postgres, database)
        await postgres[Symbol.asyncDispose]()
      },
    }
  },
})

/** The bare route. */
export const ceiling = (): Contender => ({
  name: 'ceiling',
  async start() {
    const server = await startRole<{ port: number; serviceKey: string }, Record<string, never>>(
      join(here, 'ceiling/server.ts'),
      {},
    )
    return {
      target: { form: 'sealed', ...server.ready, realm, licence: LICENCE, forgets: true },
      pids: [server.pid],
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
})

/** Options for a server whose profile is wanted. */
export const profiled = (stage: Stage): Pick<RollcallOptions, 'node'> =>
  stage.profiles === undefined ? {} : { node: ['--cpu-prof', `--cpu-prof-dir=${stage.profiles}`] }

/** The server under test, with its state on SQLite or on PostgreSQL. */
export const ours = (stage: Stage, state: 'sqlite' | 'postgres', name: string): Contender => {
  let known: Awaited<ReturnType<RunningRollcall['realm']>> | undefined
  return {
    name,
    async start() {
      const folder = stage.folder(`rollcall-${state}`)
      const database = 'rollcall'
      const postgres = state === 'postgres' ? await startPostgres(stage.folder('postgres-state'), database) : undefined
      const settings = postgres && {
        ROLLCALL_CONTROL_URL: `${postgres.ready.url}${database}`,
        ROLLCALL_MASTER_KEY: 'bench-master-key-0123456789abcdef',
      }
      const rollcall = await startRollcall({ folder, ...profiled(stage), ...(settings ? { settings } : {}) })
      known ??= await rollcall.realm('Bench')
      return {
        target: { form: 'sealed', port: rollcall.port, serviceKey: await rollcall.serviceKey('events'), ...known },
        pids: [rollcall.pid, ...(postgres ? [postgres.pid] : [])],
        rollcall,
        async [Symbol.asyncDispose]() {
          await rollcall.settled()
          await rollcall[Symbol.asyncDispose]()
          if (postgres) await rest(postgres, database)
          await postgres?.[Symbol.asyncDispose]()
        },
      }
    },
  }
}
