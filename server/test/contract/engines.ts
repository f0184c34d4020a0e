import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mintRealm, type Realm, realmKey } from '../../src/core/realm.ts'
import type { InboxEntry, InboxLimits, InboxRow } from '../../src/ports/inbox.ts'
import { type ControlStore, openControl } from '../../src/storage/control/index.ts'
import { startPostgres } from '../postgres.ts'

/** Somewhere that gives out empty stores of one engine. */
export interface Host extends AsyncDisposable {
  /** The address of a new, empty store. */
  freshUrl(): Promise<string>
}

const startSqlite = async (): Promise<Host> => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-control-'))
  return {
    freshUrl: async () => `sqlite:${await mkdtemp(join(folder, 'store-'))}`,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

const startServer = async (): Promise<Host> => {
  const server = await startPostgres()
  return { freshUrl: server.createDatabase, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** Both engines of the control store. */
export const engines: readonly { readonly engine: string; readonly start: () => Promise<Host> }[] = [
  { engine: 'SQLite', start: startSqlite },
  { engine: 'PostgreSQL', start: startServer },
]

const HOUR_MS = 3_600_000

export const openStore = (
  url: string,
  over: { readonly limits?: Partial<InboxLimits>; readonly now?: () => number } = {},
): Promise<ControlStore> =>
  openControl({
    url,
    limits: { rows: 1e6, bytes: 1e9, freeDisk: 0, windowMs: 48 * HOUR_MS, windowIds: 1e6, ...over.limits },
    log: () => undefined,
    now: over.now ?? Date.now,
  })

/** A clock that stands until it is moved. */
export const makeClock = (at = Date.UTC(2026, 0, 15)): { at: number; now: () => number } => {
  const clock = { at, now: () => clock.at }
  return clock
}

export const realmOf = (community: string): Realm => mintRealm('tenant', community)

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

/** An entry whose row tells its id; without an id it is one of ours. */
export const entry = (
  realm: Realm,
  id: string | null,
  over: { readonly body?: string; readonly eventTs?: number; readonly row?: string } = {},
): InboxEntry => ({
  realm,
  identity: id === null ? null : { id: hash(`${realmKey(realm)} ${id}`), body: hash(over.body ?? 'same') },
  eventTs: over.eventTs ?? Date.UTC(2026, 0, 15),
  row: over.row ?? JSON.stringify({ id, body: over.body ?? 'same' }),
})

export const idOf = (row: Pick<InboxRow, 'row'>): string => (JSON.parse(row.row) as { id: string }).id

export const ALL = { rows: 1e6, bytes: 1e9 }
