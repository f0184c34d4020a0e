import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Pool } from './pool.ts'

type Client = Awaited<ReturnType<Pool['connect']>>

const driverOver = (pool: Pool): Driver => {
  const clients = new WeakMap<DatabaseConnection, Client>()
  const run = async (connection: DatabaseConnection, text: string): Promise<void> => {
    await clients.get(connection)?.query({ text })
  }
  return {
    async init() {},
    async acquireConnection() {
      const client = await pool.connect()
      const connection: DatabaseConnection = {
        async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
          const answer = await client.query({ text: query.sql, values: query.parameters })
          return { rows: answer.rows as R[], numAffectedRows: BigInt(answer.rowCount ?? 0) }
        },
        streamQuery() {
          throw new Error('The control store answers whole; it does not stream')
        },
      }
      clients.set(connection, client)
      return connection
    },
    async releaseConnection(connection) {
      clients.get(connection)?.release()
    },
    beginTransaction: (connection) => run(connection, 'begin'),
    commitTransaction: (connection) => run(connection, 'commit'),
    rollbackTransaction: (connection) => run(connection, 'rollback'),
    async destroy() {},
  }
}

/** Kysely's dialect over a pool. Closing the pool is its owner's. */
export const poolDialect = (pool: Pool): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driverOver(pool),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
})
