import type { Log } from '../core/log.ts'
import { type Realm, realmKey } from '../core/realm.ts'
import type { EventStore } from '../ports/events.ts'
import { RowsRefused } from '../ports/events.ts'
import type { Inbox, InboxRow, Lease, Part } from '../ports/inbox.ts'
import { halves, monthOf, partsOf, rowsIn } from './parts.ts'

export interface BatchOptions {
  readonly inbox: Inbox
  readonly store: EventStore
  /** Puts a number into a row of the inbox, as the store takes it. */
  readonly number: (seq: number, row: string) => string
  /** How far ahead of the clock an event may have been when it was taken, in milliseconds. */
  readonly aheadMs: number
  readonly log: Log
  /** Told of an event that was set aside. */
  readonly setAside?: (realm: Realm, row: string, reason: string) => Promise<void>
}

/** What one turn did. */
export interface Moved {
  /** Whether anything waited. */
  readonly waited: boolean
  /** Whether as much was moved as fits one turn, so that more waits. */
  readonly full: boolean
  /** How many events the store took. */
  readonly rows: number
  /** The number up to which everything is in the store now. */
  readonly upTo: number
}

/** Most of one turn. Each row costs the engine a quarter more in blocks of half the size; larger ones only cost memory. */
const BATCH = { rows: 25_000, bytes: 32 * 1024 * 1024 } as const

/** Numbers of rows whose event is older than the id window and was taken before: those are duplicates. */
const knownRows = async (options: BatchOptions, rows: readonly InboxRow[]): Promise<ReadonlySet<number>> => {
  const windowStart = await options.inbox.windowStart()
  const old = rows.filter((row) => row.given && row.eventTs < windowStart + options.aheadMs)
  const known = new Set<number>()
  const byRealm = Map.groupBy(old, (row) => realmKey(row.realm))
  for (const ofRealm of byRealm.values()) {
    const realm = ofRealm[0]?.realm
    if (!realm) continue
    const keys = ofRealm.map((row) => ({ ts: row.eventTs, id: (JSON.parse(row.row) as { event_id: string }).event_id }))
    // The first may wait here still, when the store was away for longer than ids are remembered.
    const taken = new Set(await options.store.known(realm, keys))
    for (const [index, { ts, id }] of keys.entries()) {
      const row = ofRealm[index]
      if (row && taken.has(`${ts}/${id}`)) known.add(row.seq)
      taken.add(`${ts}/${id}`)
    }
  }
  return known
}

/** Moves what was planned before, else plans and moves the next batch; a batch that breaks off goes on where it was. */
export const createMoveBatch = (options: BatchOptions): ((lease: Lease) => Promise<Moved>) => {
  const { inbox, store } = options
  /** Parts of the current plan that the store has taken from this process: their tokens, and how many rows each. */
  const sent = new Map<string, number>()

  /** Sends the rows of one part; a part whose rows the engine refuses is halved until single rows are set aside. */
  const sendPart = async (lease: Lease, part: Part, rows: readonly InboxRow[]): Promise<void> => {
    if (rows.length === 0) return
    try {
      await store.insert(
        rows.map((row) => options.number(row.seq, row.row)),
        part.token,
      )
      sent.set(part.token, rows.length)
    } catch (error) {
      if (!(error instanceof RowsRefused)) throw error
      const only = rows.length === 1 ? rows[0] : undefined
      if (only) {
        options.log('warn', 'An event was set aside, since the store refuses it; see `rollcall set-aside list`', {
          seq: only.seq,
        })
        await inbox.replace(
          lease,
          part,
          // The part stays, without the row, so that a restart still knows where the batch ends.
          [{ ...part, without: [...part.without, only.seq] }],
          [{ realm: only.realm, seq: only.seq, eventTs: only.eventTs, reason: error.message, row: only.row }],
        )
        await options.setAside?.(only.realm, only.row, error.message)
        return
      }
      const parts = halves(part, rows, inbox.storeId)
      await inbox.replace(lease, part, parts, [])
      for (const half of parts) await sendPart(lease, half, rowsIn(half, rows))
    }
  }

  return async (lease) => {
    const watermark = await inbox.watermark()
    let planned = await inbox.planned()
    let full = false
    let byMonth: ReadonlyMap<number, readonly InboxRow[]> | undefined
    if (planned.length === 0) {
      const waiting = await inbox.read(watermark, BATCH)
      if (waiting.length === 0) return { waited: false, full: false, rows: 0, upTo: watermark }
      const bytes = waiting.reduce((sum, { row }) => sum + row.length, 0)
      full = waiting.length > BATCH.rows / 2 || bytes > BATCH.bytes / 2
      planned = partsOf(waiting, await knownRows(options, waiting), inbox.storeId)
      await inbox.plan(lease, planned)
      byMonth = Map.groupBy(waiting, (row) => monthOf(row.eventTs))
    }
    for (const part of planned) {
      if (sent.has(part.token)) continue
      const ofMonth = byMonth?.get(part.month)
      await sendPart(lease, part, ofMonth ? rowsIn(part, ofMonth) : await inbox.rowsOf(part))
    }
    const upTo = planned.reduce((last, part) => Math.max(last, part.last), watermark)
    await inbox.settle(lease, upTo)
    const rows = sent.values().reduce((sum, count) => sum + count, 0)
    sent.clear()
    return { waited: true, full, rows, upTo }
  }
}
