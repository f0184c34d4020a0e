import pg from 'pg'
import { isFault } from '../../../core/fault.ts'
import type { Log } from '../../../core/log.ts'
import { refuseNul } from '../text.ts'
import { faultOf } from './errors.ts'

const CONNECT_TIMEOUT_MS = 5_000
/** Longer than any of our statements takes; a server that hangs must not hang its callers. */
const QUERY_TIMEOUT_MS = 30_000

/** Whole numbers of 64 bits and sums as numbers: ours stay below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC
      ? Number
      : pg.types.getTypeParser(oid, format as 'text'),
}

export interface Answer {
  readonly rows: Record<string, unknown>[]
  readonly rowCount: number | null
}

export type Query = (query: { name?: string; text: string; values?: readonly unknown[] }) => Promise<Answer>

/** Connections to one database. Errors that are faults come out as faults; a broken connection is not used again. */
export interface Pool extends AsyncDisposable {
  /** Lends one connection. */
  use<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** Runs work in one transaction; undone when it throws or answers undefined. */
  transact<T>(work: (query: Query) => Promise<T | undefined>): Promise<T | undefined>
  /** For Kysely, which manages its own connections. */
  connect(): Promise<{ query: Query; release(broken?: boolean): void }>
}

export const makePool = (url: string, connections: number, log: Log): Pool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'rollcall',
    types,
  })
  // A lent connection that breaks between two queries says so by an event; its next query fails and tells its caller.
  pool.on('connect', (client) => client.on('error', () => undefined))
  pool.on('error', (error) =>
    log('warn', 'A connection to PostgreSQL broke; the next call opens another', { error: error.message }),
  )

  const connect: Pool['connect'] = async () => {
    const client = await pool.connect().catch((error: unknown) => {
      throw faultOf(error)
    })
    let broken = false
    return {
      async query({ values = [], ...query }) {
        refuseNul(values)
        try {
          return await client.query<Record<string, unknown>>({ ...query, values: [...values] })
        } catch (error) {
          const fault = faultOf(error)
          broken ||= isFault(fault, 'control-away')
          throw fault
        }
      },
      release: (more) => client.release(broken || more),
    }
  }

  const use: Pool['use'] = async (work) => {
    const client = await connect()
    try {
      return await work(client.query)
    } finally {
      client.release()
    }
  }

  return {
    connect,
    use,
    transact: (work) =>
      use(async (query) => {
        await query({ text: 'begin' })
        try {
          const done = await work(query)
          await query({ text: done === undefined ? 'rollback' : 'commit' })
          return done
        } catch (error) {
          await query({ text: 'rollback' }).catch(() => undefined)
          throw error
        }
      }),
    [Symbol.asyncDispose]: () => pool.end(),
  }
}
