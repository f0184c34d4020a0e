import type { Inbox, Lease } from '../ports/inbox.ts'
import { type BatchOptions, createMoveBatch } from './move-batch.ts'
import { sleep } from './sleep.ts'

export interface MoverOptions extends BatchOptions {
  /** This process's name in the lease. */
  readonly holder: string
  readonly observe: (batch: { readonly rows: number; readonly seconds: number }) => void
}

/** Moves events from the inbox to the store, in order, in one process at a time. */
export interface Mover extends AsyncDisposable {
  /** Asks for a batch now instead of at the next tick. */
  kick(): void
  /** Waits until events up to a number are searchable, at most so long; answers the number up to which they are. */
  catchUp(seq: number, timeoutMs: number): Promise<number>
}

const TICK_MS = 100
/**
 * Every insert has a fixed price in the engine, so a busy one rests three times as long as it worked; whoever asks a
 * question ends the rest.
 */
const REST = { times: 3, most: 1_000 } as const
const LEASE_MS = 5_000
/** How long nothing is written while nothing happens; the lease is renewed after it. */
const IDLE_MS = 1_000
const WAIT_MS = { first: 100, most: 500 } as const

/** Keeps the lease while work runs that may take longer than it lasts; should it be lost, the work's writes fail. */
const holding = async <T>(inbox: Inbox, holder: string, work: () => Promise<T>): Promise<T> => {
  let renewal: Promise<unknown> = Promise.resolve()
  const renew = (): void => {
    renewal = renewal.then(() => inbox.lease(holder, LEASE_MS)).catch(() => undefined)
  }
  const timer = setInterval(renew, LEASE_MS / 3)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    await renewal
  }
}

export const startMover = (options: MoverOptions): Mover => {
  const moveBatch = createMoveBatch(options)
  const stop = new AbortController()
  const waiters = new Set<{ readonly seq: number; readonly resolve: (reached: number) => void }>()
  let reached = 0
  let wake: (() => void) | undefined
  let lease: Lease | null = null

  const announce = (upTo: number): void => {
    reached = Math.max(reached, upTo)
    for (const waiter of waiters) if (reached >= waiter.seq) waiter.resolve(reached)
  }

  const pause = async (workedMs: number): Promise<void> => {
    if (waiters.size > 0) return
    const restMs = Math.min(REST.most, Math.max(TICK_MS, workedMs * REST.times))
    const kicked = new Promise<void>((resolve) => {
      wake = resolve
    })
    await Promise.race([kicked, sleep(restMs, stop.signal)])
  }

  /** Waits for something to move; events that another process appended are looked for, since nothing tells of them. */
  const idle = async (): Promise<void> => {
    let woken = false
    const kicked = new Promise<void>((resolve) => {
      wake = () => {
        woken = true
        resolve()
      }
    })
    const until = performance.now() + IDLE_MS
    do await Promise.race([kicked, options.inbox.changed(TICK_MS), sleep(TICK_MS, stop.signal)])
    while (!woken && !stop.signal.aborted && performance.now() < until && (await options.inbox.depth()).events === 0)
  }

  const run = async (): Promise<void> => {
    let wait: number = WAIT_MS.first
    let complained = false
    while (!stop.signal.aborted) {
      try {
        const held = await options.inbox.lease(options.holder, LEASE_MS)
        lease = held
        if (!held) {
          announce(await options.inbox.watermark())
          await sleep(waiters.size > 0 ? 20 : TICK_MS, stop.signal)
          continue
        }
        const started = performance.now()
        const moved = await holding(options.inbox, options.holder, () => moveBatch(held))
        announce(moved.upTo)
        if (complained) options.log('info', 'Events reach the store again')
        complained = false
        wait = WAIT_MS.first
        if (moved.waited) {
          const workedMs = performance.now() - started
          options.observe({ rows: moved.rows, seconds: workedMs / 1_000 })
          if (!moved.full) await pause(workedMs)
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
