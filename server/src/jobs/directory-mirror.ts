import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../core/log.ts'
import type { Directory, DirectoryRow } from '../ports/directory.ts'

export interface DirectoryMirrorOptions {
  readonly outbox: Directory['outbox']
  /** Puts objects where reports read them; the same ones again change nothing. */
  readonly put: (rows: readonly DirectoryRow[]) => Promise<void>
  /** This process's name in the lease. */
  readonly holder: string
  readonly log: Log
}

/** Brings the directory's changes to where reports read them. */
export interface DirectoryMirror extends AsyncDisposable {
  /** Waits until changes up to a version can be read by reports, at most so long; answers the version that can. */
  catchUp(version: number, timeoutMs: number): Promise<number>
}

/** Short, since a holder that died is waited for; one that is slow is fenced off, and what it sent does no harm. */
const LEASE_MS = 2_000
const BATCH = 2_000
/** How long after a change that another process made it is looked for. */
const LOOK_MS = 250
const WATCH_MS = 20
const WAIT_MS = { first: 100, most: 2_000 } as const

/** Watches the mark, whoever moves it. */
const watch = async (outbox: Directory['outbox'], version: number, timeoutMs: number): Promise<number> => {
  const deadline = performance.now() + timeoutMs
  let mark = await outbox.mark()
  while (mark < version && performance.now() < deadline) {
    await delay(WATCH_MS)
    mark = await outbox.mark()
  }
  return mark
}

/** Stands in for the mirror in a process that only answers requests: another one mirrors, this one watches how far. */
export const followDirectoryMirror = (outbox: Directory['outbox']): DirectoryMirror => ({
  catchUp: (version, timeoutMs) => watch(outbox, version, timeoutMs),
  async [Symbol.asyncDispose]() {},
})

/**
 * Sends what is above the mark, in order, in one process at a time, and moves the mark behind it. A batch that broke
 * off is sent again: an object replaces itself by its version, so that once more changes nothing.
 */
export const startDirectoryMirror = (options: DirectoryMirrorOptions): DirectoryMirror => {
  const { outbox, holder } = options
  const stop = new AbortController()

  /** One batch; answers how many objects it was, or undefined while another process holds the lease. */
  const turn = async (): Promise<number | undefined> => {
    const mark = await outbox.mark()
    const rows = await outbox.read(mark, BATCH)
    const last = rows.at(-1)
    if (!last) return 0
    const lease = await outbox.lease(holder, LEASE_MS)
    if (!lease) return undefined
    await options.put(rows)
    await outbox.settle(lease, last.object.version)
    return rows.length
  }

  const run = async (): Promise<void> => {
    let wait: number = WAIT_MS.first
    while (!stop.signal.aborted) {
      try {
        const sent = await turn()
        wait = WAIT_MS.first
        if (!sent) await Promise.race([outbox.changed(LOOK_MS), stopped])
      } catch (error) {
        if (stop.signal.aborted) return
        options.log('warn', 'The directory cannot reach the event store now; it is safe, and tried again', {
          error: error instanceof Error ? error.message : String(error),
        })
        await delay(wait, undefined, { signal: stop.signal }).catch(() => undefined)
        wait = Math.min(wait * 2, WAIT_MS.most)
      }
    }
  }

  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }))
  const running = run()
  return {
    catchUp: (version, timeoutMs) => watch(outbox, version, timeoutMs),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
      const lease = await outbox.lease(holder, 1).catch(() => null)
      if (lease) await outbox.release(lease).catch(() => undefined)
    },
  }
}
