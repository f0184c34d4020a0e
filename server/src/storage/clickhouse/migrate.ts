import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import type { Log } from '../../core/log.ts'

const folder = join(import.meta.dirname, 'ddl')
const separator = /^-- next statement$/m

const migrations = `CREATE TABLE IF NOT EXISTS migrations (name String, applied_ts DateTime64(3, 'UTC'))
ENGINE = ReplacingMergeTree ORDER BY name SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

/**
 * Brings the client's database up to date: each numbered file of `ddl/` once, forward only. A statement may run twice
 * (a crash can come between it and its note), so each says IF NOT EXISTS or the like. Answers the files applied.
 */
export const migrate = async (app: ClickHouseClient, now: () => number, log: Log): Promise<readonly string[]> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  await app.command({ query: migrations })
  const noted = await app.query({ query: 'SELECT name FROM migrations', format: 'JSONEachRow' })
  const applied = new Set((await noted.json<{ name: string }>()).map(({ name }) => name))
  const ahead = [...applied].filter((name) => !files.includes(name)).sort()
  if (ahead.length)
    throw new Error(`The event store was written by a newer Rollcall (it knows ${ahead.join(', ')}); start that one`)
  const missing = files.filter((name) => !applied.has(name))
  for (const name of missing) {
    const text = await readFile(join(folder, name), 'utf8')
    for (const query of text.split(separator)) await app.command({ query })
    await app.insert({ table: 'migrations', values: [{ name, applied_ts: now() }], format: 'JSONEachRow' })
  }
  if (missing.length) log('info', 'The tables of the event store are up to date.', { applied: missing })
  return missing
}
