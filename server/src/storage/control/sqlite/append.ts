import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Committed } from '../inbox/engine.ts'
import { inboxFull } from '../inbox/full.ts'
import type { Connection } from './connection.ts'
import type { PackedGroup, ThreadData } from './operations.ts'

const DISK_LOOK_MS = 250

interface Counter {
  readonly seq: number
  readonly events: number
  readonly bytes: number
  readonly ids: number
  readonly older_ids: number
  readonly latest: number
  readonly current_since: number
}

/** What a written byte takes at most: once in the write-ahead log, once in the file, and something for the pages. */
const DISK_PER_BYTE = 3

/**
 * Watches the free disk: looks every 250 ms, and at once when what was written since may have used up the reserve.
 * `demand` throws `inbox-full` when less than `freeDisk` bytes are left.
 */
const watchDisk = (folder: string, freeDisk: number): { demand(): void; wrote(bytes: number): void } => {
  let lookedAt = Number.NEGATIVE_INFINITY
  let free = 0
  return {
    demand() {
      const now = performance.now()
      if (free < freeDisk || now - lookedAt >= DISK_LOOK_MS) {
        const disk = statfsSync(folder)
        free = disk.bavail * disk.bsize
        lookedAt = now
      }
      if (free < freeDisk) throw inboxFull('disk')
    },
    wrote(bytes) {
      free -= bytes * DISK_PER_BYTE
    },
  }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

/** Makes the function that commits one group in one transaction, in the thread of the database. */
export const makeAppend = (
  connection: Connection,
  file: string,
  limits: NonNullable<ThreadData['limits']>,
): ((group: PackedGroup) => Committed | null) => {
  const disk = watchDisk(dirname(file), limits.freeDisk)
  const sql = (text: string) => connection.prepare(text)

  const readCounter = (): Counter =>
    sql(
      'select seq, events, bytes, ids, older_ids, latest, current_since from inbox_counter where one = 1',
    ).get() as unknown as Counter

  /** Forgets the older generation of ids and starts a new one; its start is later than every id of those before. */
  const rotate = (at: number): void => {
    connection.transact(() => {
      const counter = readCounter()
      connection.database.exec(`
        drop table id_older;
        alter table id_current rename to id_older;
        create table id_current (id blob primary key, body blob not null) strict, without rowid`)
      return sql(
        'update inbox_counter set older_since = current_since, current_since = ?, older_ids = ids, ids = 0 where one = 1',
      ).run(Math.max(at, counter.latest + 1))
    })
  }

  /** Remembers an id; answers its outcome. */
  const remember = (identities: Uint8Array, index: number, olderIds: number): 'n' | 'd' | 'c' => {
    const id = identities.subarray(index * 32, index * 32 + 16)
    const body = identities.subarray(index * 32 + 16, index * 32 + 32)
    const compare = (known: unknown): 'd' | 'c' => (sameBytes((known as { body: Uint8Array }).body, body) ? 'd' : 'c')
    const older = olderIds > 0 ? sql('select body from id_older where id = ?').get(id) : undefined
    if (older) return compare(older)
    const inserted = sql('insert into id_current (id, body) values (?, ?) on conflict do nothing').run(id, body)
    return inserted.changes === 1 ? 'n' : compare(sql('select body from id_current where id = ?').get(id))
  }

  const commit = (group: PackedGroup, counter: Counter): Committed => {
    const insertBlock = sql(
      'insert into inbox_block (last_seq, first_seq, tenant_id, community_id, received_at, events, bytes, body) values (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    let { seq, bytes, ids } = counter
    let outcomes = ''
    for (const run of group.runs) {
      let found = ''
      for (let index = run.from; index < run.to; index++) {
        const given = group.given[index] === 1
        const outcome = given ? remember(group.identities, index, counter.older_ids) : 'n'
        found += outcome
        if (given && outcome === 'n') ids++
      }
      outcomes += found
      const fresh = found.replaceAll(/[^n]/g, '').length
      if (fresh === 0) continue
      const body =
        fresh === found.length
          ? run.lines
          : run.lines
              .split('\n')
              .filter((_, index) => found[index] === 'n')
              .join('\n')
      const size = Buffer.byteLength(body) + 1
      const last = seq + fresh
      insertBlock.run(last, seq + 1, run.tenantId, run.communityId, group.at, fresh, size, body)
      seq = last
      bytes += size
      disk.wrote(size)
    }
    const events = counter.events + seq - counter.seq
    if (events > limits.rows) throw inboxFull('rows')
    if (bytes > limits.bytes) throw inboxFull('bytes')
    if (seq > counter.seq)
      sql(
        'update inbox_counter set seq = ?, events = ?, bytes = ?, ids = ?, latest = max(latest, ?) where one = 1',
      ).run(seq, events, bytes, ids, group.at)
    return { base: counter.seq, outcomes }
  }

  return (group) => {
    disk.demand()
    const before = readCounter()
    if (before.events >= limits.rows) throw inboxFull('rows')
    if (before.bytes >= limits.bytes) throw inboxFull('bytes')
    if (before.ids >= limits.windowIds || group.at - before.current_since > limits.windowMs) rotate(group.at)
    const seen: { outcome?: Committed } = {}
    const committed = connection.transact(() => {
      if (group.release !== null) {
        const taken = sql('delete from inbox_set_aside where seq = ?').run(group.release)
        if (taken.changes === 0) return null
      }
      const outcome = commit(group, readCounter())
      seen.outcome = outcome
      return group.release !== null && outcome.outcomes !== 'n' ? null : outcome
    })
    return committed ?? seen.outcome ?? null
  }
}
