import type { Log } from '../core/log.ts'

/** Something that is done now and then by itself. */
export interface Chore {
  readonly name: string
  readonly everyMs: number
  readonly run: () => Promise<void>
}

/** Does chores at once and then on time, one at a time each; one that fails is logged and tried again at its next turn. */
export const startKeeper = (chores: readonly Chore[], log: Log): AsyncDisposable => {
  const running = new Set<Promise<void>>()
  const busy = new Set<string>()
  const turn = async (chore: Chore): Promise<void> => {
    if (busy.has(chore.name)) return
    busy.add(chore.name)
    try {
      await chore.run()
    } catch (error) {
      log('warn', `${chore.name} did not succeed; it is tried again later`, { error: String(error) })
    } finally {
      busy.delete(chore.name)
    }
  }
  const start = (chore: Chore): void => {
    const one = turn(chore)
    running.add(one)
    one.finally(() => running.delete(one)).catch(() => undefined)
  }
  for (const chore of chores) start(chore)
  const timers = chores.map((chore) => setInterval(start, chore.everyMs, chore))
  return {
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer)
      await Promise.allSettled(running)
    },
  }
}
