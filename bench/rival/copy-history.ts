import { createWriteStream } from 'node:fs'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Postgres } from '../contenders.ts'
import { askEngine, type EngineAddress } from '../rollcall/engine.ts'
import type { RealmId } from '../rollcall/rollcall.ts'

/** Rows of one file: a few hundred megabytes. */
const BLOCK = 500_000

const columns = (
  bodies: boolean,
): string => `1 AS realm_id, event_id, event_name, toString(event_ts) AS at, nullIf(user_id, '') AS u,
  nullIf(person_id, '') AS p, nullIf(device_id, '') AS d, nullIf(session_id, '') AS s,
  nullIf(toString(application), '') AS a, nullIf(toString(auth_method), '') AS m,
  nullIf(toString(category), '') AS c, kind, ${bodies ? 'raw' : "'{}'"}`

/** Copies a realm's events out of the store into the rival's table, so that both hold the same; then its indexes. */
export const copyHistory = async (about: {
  readonly engine: EngineAddress
  readonly realm: RealmId
  readonly postgres: Postgres
  readonly database: string
  readonly folder: string
  readonly events: number
  /** Whether rows have what was sent; without it they are smaller, and quicker for the rival to read. */
  readonly bodies?: boolean
}): Promise<void> => {
  const { engine, realm, postgres, database, folder, events, bodies = true } = about
  const sql = (file: string): Promise<string> => readFile(join(import.meta.dirname, file), 'utf8')
  await mkdir(folder, { recursive: true })
  await chmod(join(folder, '..'), 0o711)
  await postgres.ask('run', { database, statements: [await sql('tables.sql')] })
  for (let from = 0; from < events; from += BLOCK) {
    const file = join(folder, `${from}.tsv`)
    const answer = await askEngine(
      engine,
      `SELECT ${columns(bodies)} FROM rollcall.events WHERE tenant_id = '${realm.tenantId}' AND community_id = '${realm.communityId}'
         AND seq > ${from} AND seq <= ${from + BLOCK} FORMAT TabSeparated`,
    )
    if (!answer.body) throw new Error('The engine answered nothing to copy')
    await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(file))
    await chmod(file, 0o644)
    await postgres.ask('run', { database, statements: [`COPY events FROM '${file}'`] })
    await rm(file)
  }
  await postgres.ask('run', { database, statements: [await sql('indexes.sql'), 'VACUUM ANALYZE events', 'CHECKPOINT'] })
}
