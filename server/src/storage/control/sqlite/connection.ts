import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { isFull } from './errors.ts'
import type { Ran, Statement, Step, ThreadData } from './operations.ts'

/** More texts than all queries of the program have. */
const KEPT_STATEMENTS = 400
const BUSY_TIMEOUT_MS = 15_000

export interface Connection {
  readonly database: DatabaseSync
  prepare(sql: string): StatementSync
  run(statement: Statement): Ran
  /** Runs steps in one transaction; null and nothing done when one met too few rows. */
  batch(steps: readonly Step[]): readonly Ran[] | null
  /** Runs work in one transaction that holds the write lock from its start; undone when it throws or answers null. */
  transact<T>(work: () => T | null): T | null
}

/** Opens a database file for one thread: WAL, and a commit is on the disk when it returns. */
export const connect = (data: ThreadData): Connection => {
  const database = new DatabaseSync(data.file, { readOnly: data.readOnly, timeout: BUSY_TIMEOUT_MS })
  if (!data.readOnly)
    database.exec(
      'pragma journal_mode = wal; pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864; pragma foreign_keys = on',
    )
  database.exec(`pragma synchronous = full; pragma temp_store = memory; pragma cache_size = -${data.cacheBytes >> 10}`)

  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const kept = statements.get(sql)
    if (kept) return kept
    if (statements.size >= KEPT_STATEMENTS) statements.clear()
    const made = database.prepare(sql)
    statements.set(sql, made)
    return made
  }
  const run = ({ sql, parameters }: Statement): Ran => {
    const statement = prepare(sql)
    const values = parameters as readonly SQLInputValue[]
    if (statement.columns().length === 0) return { rows: [], changes: Number(statement.run(...values).changes) }
    const rows = statement.all(...values)
    return { rows, changes: rows.length }
  }
  /** Gives back the room of the write-ahead log, which on a full disk is what the next commit needs. */
  const shrinkLog = (): void => {
    try {
      database.exec('pragma wal_checkpoint(truncate)')
    } catch {
      // The database file cannot grow either; what is stored stays readable, and the next commit tries again.
    }
  }
  const transact = <T>(work: () => T | null): T | null => {
    database.exec('begin immediate')
    try {
      const done = work()
      database.exec(done === null ? 'rollback' : 'commit')
      return done
    } catch (error) {
      // A full disk may have ended the transaction already.
      if (database.isTransaction) database.exec('rollback')
      if (isFull(error)) shrinkLog()
      throw error
    }
  }
  const batch = (steps: readonly Step[]): readonly Ran[] | null =>
    transact(() => {
      const done: Ran[] = []
      for (const step of steps) {
        const ran = run(step)
        if (ran.changes < (step.atLeast ?? 0)) return null
        done.push(ran)
      }
      return done
    })
  return { database, prepare, run, batch, transact }
}
