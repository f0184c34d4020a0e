import type { Log } from '../core/log.ts'
import { sleep } from './sleep.ts'

export interface TakingOptions<Taken> {
  /** The next thing to do, which is this process's own from then on; asked also when there is no room for one. */
  readonly claim: (room: boolean) => Promise<Taken | undefined>
  /** Does it, and tells its end itself: what it throws is lost. */
  readonly doOne: (taken: Taken) => Promise<void>
  /** How many it does at the same time. */
  readonly atOnce: number
  readonly tickMs: number
  readonly log: Log
  /** What the log says when nothing can be claimed now: once, until something can again. */
  readonly away: string
  /** Ends it; what runs then is waited for. */
  readonly stop: AbortController
}

/** Takes one thing after another, several at a time, until it is disposed of. */
export interface Taking extends AsyncDisposable {
  /** Looks for work now instead of at the next tick. */
  kick(): void
}

export const startTaking = <Taken>(options: TakingOptions<Taken>): Taking => {
  const { stop, log } = options
  const running = new Set<Promise<void>>()
  let wake: () => void = () => undefined

  const run = async (): Promise<void> => {
    let complained = false
    while (!stop.signal.aborted) {
      let taken: Taken | undefined
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      try {
        taken = await options.claim(running.size < options.atOnce)
        complained = false
      } catch (error) {
        if (!complained) log('warn', options.away, { error: String(error) })
        complained = true
      }
      if (taken !== undefined) {
        const one = options.doOne(taken).finally(() => {
          running.delete(one)
          wake()
        })
        running.add(one)
      } else await Promise.race([woken, sleep(options.tickMs, stop.signal)])
    }
    await Promise.allSettled(running)
  }

  const ended = run()
  return {
    kick: () => wake(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
    },
  }
}
