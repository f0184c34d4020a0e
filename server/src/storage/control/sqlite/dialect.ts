import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import { refuseNul } from '../text.ts'
import type { Thread } from './thread.ts'

const connectionOver = (thread: Thread): DatabaseConnection => ({
  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    refuseNul(query.parameters)
    const { rows, changes } = await thread.call('run', { sql: query.sql, parameters: query.parameters })
    return { rows: rows as readonly R[] as R[], numAffectedRows: BigInt(changes) }
  },
  streamQuery() {
    throw new Error('The control store answers whole; it does not stream')
  },
})

/** One connection, lent to one user at a time, so that a transaction has it to itself. */
const driverOver = (thread: Thread): Driver => {
  const connection = connectionOver(thread)
  let turn: Promise<void> = Promise.resolve()
  let done: () => void = () => {}
  const run = async (sql: string): Promise<void> => {
    await thread.call('exec', { script: sql })
  }
  return {
    async init() {},
    async acquireConnection() {
      const before = turn
      const { promise, resolve } = Promise.withResolvers<void>()
      turn = promise
      await before
      done = resolve
      return connection
    },
    async releaseConnection() {
      done()
    },
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    rollbackTransaction: () => run('rollback'),
    async destroy() {},
  }
}

/** Kysely's dialect over a database in a thread. Closing the thread is its owner's. */
export const threadDialect = (thread: Thread): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => driverOver(thread),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
})
