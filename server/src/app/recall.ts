import { LRUCache } from 'lru-cache'

const MOST = 20_000

/** Remembers what was read from the control store until any process changes keys, grants or realms there. */
export interface Recall {
  /** The remembered value, or what `load` answers; `undefined` answers are not remembered. */
  get<T extends object>(kind: string, key: string, load: () => Promise<T | undefined>): Promise<T | undefined>
  /** Forgets everything at once, after a change made here. */
  forget(): void
}

/**
 * @param version a number that moves with every change, asked for at most once in `everyMs` milliseconds
 */
export const createRecall = (version: () => Promise<number>, now: () => number, everyMs: number): Recall => {
  const kept = new LRUCache<string, object>({ max: MOST })
  let seen: number | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined
  const ask = async (): Promise<void> => {
    const at = now()
    const current = await version()
    if (current !== seen) kept.clear()
    seen = current
    askedAt = at
  }
  const freshen = async (): Promise<void> => {
    if (now() - askedAt < everyMs) return
    asking ??= ask().finally(() => {
      asking = undefined
    })
    await asking
  }
  return {
    async get<T extends object>(kind: string, key: string, load: () => Promise<T | undefined>) {
      if (now() - askedAt >= everyMs) await freshen()
      const at = `${kind} ${key}`
      const found = kept.get(at)
      if (found) return found as T
      const before = seen
      const loaded = await load()
      // A value read while something changed may be old already; it is answered once and not kept.
      if (loaded && before === seen) kept.set(at, loaded)
      return loaded
    },
    forget() {
      kept.clear()
      seen = undefined
      askedAt = Number.NEGATIVE_INFINITY
    },
  }
}
