import type { Pool } from 'pg'
import { columns, type RivalRow } from './row.ts'

/** Stores an event; resolves when it is committed. */
export type Insert = (row: RivalRow) => Promise<void>

const names = columns.map(([name]) => name).join(', ')

/** One prepared insert, and so one transaction, for each request. */
export const insertOne = (pool: Pool): Insert => {
  const holes = columns.map((_, index) => `$${index + 1}`).join(', ')
  const text = `INSERT INTO events (${names}) VALUES (${holes}) ON CONFLICT DO NOTHING`
  return async (row) => {
    await pool.query({ name: 'insert-one', text, values: [...row] })
  }
}

/** Most events of one transaction, and transactions in flight; chosen by judgement, not by a sweep. */
const GROUP = { rows: 256, inFlight: 2 }

/** Requests that wait are written together: one prepared statement of arrays, one transaction for all of them. */
export const insertGroups = (pool: Pool): Insert => {
  const holes = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ')
  const text = `INSERT INTO events (${names}) SELECT * FROM unnest(${holes}) ON CONFLICT DO NOTHING`
  let waiting: { readonly row: RivalRow; readonly done: PromiseWithResolvers<void> }[] = []
  let inFlight = 0

  const write = async (): Promise<void> => {
    const group = waiting.slice(0, GROUP.rows)
    waiting = waiting.slice(GROUP.rows)
    try {
      const values = columns.map((_, index) => group.map(({ row }) => row[index]))
      await pool.query({ name: 'insert-group', text, values })
      for (const { done } of group) done.resolve()
    } catch (error) {
      for (const { done } of group) done.reject(error)
    }
    inFlight--
    pump()
  }

  const pump = (): void => {
    while (waiting.length > 0 && inFlight < GROUP.inFlight) {
      inFlight++
      void write()
    }
  }

  return (row) => {
    const done = Promise.withResolvers<void>()
    waiting.push({ row, done })
    // What arrives in one turn of the event loop goes together.
    if (waiting.length === 1) setImmediate(pump)
    return done.promise
  }
}
