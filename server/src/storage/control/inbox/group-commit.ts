import { Fault, isFault } from '../../../core/fault.ts'
import { type Realm, realmKey } from '../../../core/realm.ts'
import type { Appended, InboxEntry } from '../../../ports/inbox.ts'
import type { Committed, Group } from './engine.ts'

/** Most events and about the most characters of one block. */
const BLOCK_EVENTS = 1_000
const BLOCK_CHARACTERS = 4_000_000

interface Call {
  readonly entries: readonly InboxEntry[]
  readonly resolve: (appended: readonly Appended[]) => void
  readonly reject: (error: unknown) => void
}

export interface GroupCommit extends AsyncDisposable {
  append(entries: readonly InboxEntry[]): Promise<readonly Appended[]>
}

/** Cuts entries into runs of one realm, each small enough for a block. */
export const makeGroup = (entries: readonly InboxEntry[], at: number): Group => {
  const runs: { realm: Realm; from: number; to: number }[] = []
  let current: { realm: Realm; from: number; to: number } | undefined
  let characters = 0
  for (const [index, entry] of entries.entries()) {
    const fits =
      current !== undefined &&
      current.realm.tenantId === entry.realm.tenantId &&
      current.realm.communityId === entry.realm.communityId &&
      index - current.from < BLOCK_EVENTS &&
      characters + entry.row.length <= BLOCK_CHARACTERS
    if (!fits || !current) {
      current = { realm: entry.realm, from: index, to: index }
      characters = 0
      runs.push(current)
    }
    current.to = index + 1
    characters += entry.row.length
  }
  return { entries, runs, at }
}

/** Says for each entry what became of it; new ones are numbered in order after the base. */
export const numberEntries = (committed: Committed): Appended[] => {
  let seq = committed.base
  return Array.from(committed.outcomes, (outcome): Appended => {
    if (outcome === 'n') return { outcome: 'new', seq: ++seq }
    return { outcome: outcome === 'd' ? 'duplicate' : 'conflict' }
  })
}

/** Puts calls of one realm side by side, so that they share a block; each call keeps its own order. */
const byRealm = (calls: readonly Call[]): readonly Call[] => {
  if (calls.length === 1) return calls
  const realms = new Map<string, Call[]>()
  for (const call of calls) {
    const first = call.entries[0]
    const key = first ? realmKey(first.realm) : ''
    const same = realms.get(key)
    if (same) same.push(call)
    else realms.set(key, [call])
  }
  return [...realms.values()].flat()
}

/**
 * While as many commits are under way as may be, calls that wait gather; the next commit takes what gathered, up to
 * so many entries. A group that is refused is tried again call by call, so that no caller is refused for another's.
 */
export const groupCommit = (options: {
  readonly commit: (group: Group) => Promise<Committed>
  readonly entries: number
  readonly inFlight: number
  readonly now: () => number
}): GroupCommit => {
  const queue: Call[] = []
  const underWay = new Set<Promise<void>>()
  let closed = false

  const commit = async (calls: readonly Call[]): Promise<void> => {
    try {
      const entries = calls.length === 1 ? (calls[0]?.entries ?? []) : calls.flatMap((call) => call.entries)
      const appended = numberEntries(await options.commit(makeGroup(entries, options.now())))
      let from = 0
      for (const call of calls) {
        call.resolve(appended.slice(from, from + call.entries.length))
        from += call.entries.length
      }
    } catch (error) {
      if (calls.length > 1 && !isFault(error, 'control-away')) for (const call of calls) await commit([call])
      else for (const call of calls) call.reject(error)
    }
  }

  const gather = (): Call[] => {
    const calls: Call[] = []
    let entries = 0
    for (const call of queue) {
      if (calls.length > 0 && entries + call.entries.length > options.entries) break
      calls.push(call)
      entries += call.entries.length
    }
    queue.splice(0, calls.length)
    return calls
  }

  const pump = (): void => {
    while (queue.length > 0 && underWay.size < options.inFlight) {
      const work = commit(byRealm(gather())).finally(() => {
        underWay.delete(work)
        pump()
      })
      underWay.add(work)
    }
  }

  return {
    append: (entries) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Fault('control-away', { retryAfterSeconds: 5 }, 'The server is stopping'))
        if (entries.length === 0) return resolve([])
        queue.push({ entries, resolve, reject })
        pump()
      }),
    async [Symbol.asyncDispose]() {
      closed = true
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
