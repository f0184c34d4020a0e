import { realmKey } from '../core/realm.ts'
import type { EventStore } from '../ports/events.ts'
import { RowsRefused } from '../ports/events.ts'
import type { Inbox, InboxRow, Lease, Part } from '../ports/inbox.ts'
import { halves, partsOf } from './parts.ts'

export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void

export interface MoverOptions {
  readonly inbox: Inbox
  readonly store: EventStore
  /** This process's name in the lease. */
  readonly holder: string
  /** Puts a number into a row of the inbox, as the store takes it. */
  readonly number: (seq: number, row: string) => string
  readonly now: () => number
  /** How far ahead of the clock an event may have been when it was taken, in milliseconds. */
  readonly aheadMs: number
  readonly log: Log
  readonly observe: (batch: { readonly rows: number; readonly seconds: number; readonly setAside: number }) => void
}

/** Moves events from the inbox to the store, in order, in one process at a time. */
export interface Mover extends AsyncDisposable {
  /** Asks for a batch now instead of at the next tick. */
  kick(): void
  /** Waits until events up to a number are searchable, at most so long; answers the number up to which they are. */
  catchUp(seq: number, timeoutMs: number): Promise<number>
}

const TICK_MS = 100
const LEASE_MS = 5_000
const BATCH = { rows: 50_000, bytes: 48 * 1024 * 1024 } as const
const WAIT_MS = { first: 100, most: 5_000 } as const

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })

/** Sends the rows of one part; a part whose rows the engine refuses is halved until single rows are set aside. */
const sendPart = async (options: MoverOptions, lease: Lease, part: Part): Promise<number> => {
  const rows = await options.inbox.rowsOf(part)
  if (rows.length === 0) return 0
  try {
    await options.store.insert(
      rows.map((row) => options.number(row.seq, row.row)),
      part.token,
    )
    return 0
  } catch (error) {
    if (!(error instanceof RowsRefused)) throw error
    const only = rows.length === 1 ? rows[0] : undefined
    if (only) {
      options.log('warn', 'An event was set aside, since the store refuses it; see `rollcall set-aside list`', {
        seq: only.seq,
      })
      await options.inbox.replace(
        lease,
        part,
        // The part stays, without the row, so that a restart still knows where the batch ends.
        [{ ...part, without: [...part.without, only.seq] }],
        [{ realm: only.realm, seq: only.seq, eventTs: only.eventTs, reason: error.message, row: only.row }],
      )
      return 1
    }
    const parts = halves(part, rows, options.inbox.storeId)
    await options.inbox.replace(lease, part, parts, [])
    let setAside = 0
    for (const half of parts) setAside += await sendPart(options, lease, half)
    return setAside
  }
}

/** Numbers of rows whose event is older than the id window and is in the store already: those are duplicates. */
const knownRows = async (options: MoverOptions, rows: readonly InboxRow[]): Promise<ReadonlySet<number>> => {
  const windowStart = await options.inbox.windowStart()
  const old = rows.filter((row) => row.given && row.eventTs < windowStart + options.aheadMs)
  const known = new Set<number>()
  const byRealm = Map.groupBy(old, (row) => realmKey(row.realm))
  for (const ofRealm of byRealm.values()) {
    const realm = ofRealm[0]?.realm
    if (!realm) continue
    const keys = ofRealm.map((row) => ({ ts: row.eventTs, id: (JSON.parse(row.row) as { event_id: string }).event_id }))
    const found = await options.store.known(realm, keys)
    for (const [index, key] of keys.entries()) {
      const row = ofRealm[index]
      if (row && found.has(`${key.ts}/${key.id}`)) known.add(row.seq)
    }
  }
  return known
}

/** Moves what was planned before, else plans and moves the next batch; answers how many rows. */
const moveBatch = async (
  options: MoverOptions,
  lease: Lease,
): Promise<{ rows: number; setAside: number; upTo: number }> => {
  const { inbox } = options
  const watermark = await inbox.watermark()
  let planned = await inbox.planned()
  let rows = 0
  if (planned.length === 0) {
    const waiting = await inbox.read(watermark, BATCH)
    rows = waiting.length
    if (rows === 0) return { rows: 0, setAside: 0, upTo: watermark }
    planned = partsOf(waiting, await knownRows(options, waiting), inbox.storeId)
    await inbox.plan(lease, planned)
  }
  const upTo = planned.reduce((last, part) => Math.max(last, part.last), watermark)
  let setAside = 0
  for (const part of planned) setAside += await sendPart(options, lease, part)
  await inbox.settle(lease, upTo)
  return { rows, setAside, upTo }
}

export const startMover = (options: MoverOptions): Mover => {
  const stop = new AbortController()
  const waiters = new Set<{ readonly seq: number; readonly resolve: (reached: number) => void }>()
  let reached = 0
  let wake: (() => void) | undefined
  let lease: Lease | null = null

  const announce = (upTo: number): void => {
    reached = Math.max(reached, upTo)
    for (const waiter of waiters) if (reached >= waiter.seq) waiter.resolve(reached)
  }

  const pause = async (): Promise<void> => {
    if (waiters.size > 0) return
    const kicked = new Promise<void>((resolve) => {
      wake = resolve
    })
    await Promise.race([kicked, sleep(TICK_MS, stop.signal)])
  }

  const idle = async (): Promise<void> => {
    const kicked = new Promise<void>((resolve) => {
      wake = resolve
    })
    await Promise.race([kicked, options.inbox.changed(1_000), sleep(1_000, stop.signal)])
  }

  const run = async (): Promise<void> => {
    let wait: number = WAIT_MS.first
    let complained = false
    while (!stop.signal.aborted) {
      try {
        lease = await options.inbox.lease(options.holder, LEASE_MS)
        if (!lease) {
          announce(await options.inbox.watermark())
          await sleep(waiters.size > 0 ? 20 : TICK_MS, stop.signal)
          continue
        }
        const started = performance.now()
        const moved = await moveBatch(options, lease)
        announce(moved.upTo)
        if (complained) options.log('info', 'Events reach the store again')
        complained = false
        wait = WAIT_MS.first
        if (moved.rows > 0) {
          options.observe({
            rows: moved.rows,
            seconds: (performance.now() - started) / 1_000,
            setAside: moved.setAside,
          })
          await pause()
        } else await idle()
      } catch (error) {
        if (stop.signal.aborted) return
        if (!complained)
          options.log('warn', 'Events cannot reach the store now; they stay safe in the inbox and are tried again', {
            error: error instanceof Error ? error.message : String(error),
          })
        complained = true
        await sleep(wait, stop.signal)
        wait = Math.min(wait * 2, WAIT_MS.most)
      }
    }
  }

  const running = run()
  return {
    kick() {
      wake?.()
    },
    async catchUp(seq, timeoutMs) {
      if (reached >= seq) return reached
      wake?.()
      const { promise, resolve } = Promise.withResolvers<number>()
      const waiter = { seq, resolve }
      waiters.add(waiter)
      const timer = setTimeout(() => resolve(reached), timeoutMs)
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        waiters.delete(waiter)
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      wake?.()
      await running
      if (lease) await options.inbox.release(lease).catch(() => undefined)
    },
  }
}
