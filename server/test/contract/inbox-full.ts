import { isFault } from '../../src/core/fault.ts'
import type { Inbox, InboxEntry, InboxLimits } from '../../src/ports/inbox.ts'
import type { ControlStore } from '../../src/storage/control/index.ts'
import { ALL, entry, idOf, openStore, realmOf } from './engines.ts'

const realm = realmOf('one')
const PADDING = 'x'.repeat(20_000)

export interface Filled {
  readonly store: ControlStore
  readonly acknowledged: readonly string[]
  /** Acknowledged, but not stored; and stored, but not acknowledged. */
  readonly missing: readonly string[]
  readonly extra: readonly string[]
  readonly fault: { readonly kind: string; readonly message: string }
  /** The entries that were refused. */
  readonly refused: readonly InboxEntry[]
}

const padded = (id: string): InboxEntry => entry(realm, id, { row: JSON.stringify({ id, PADDING }) })

/** Appends until the store refuses, then compares what was acknowledged with what is stored. */
export const fillUntilRefused = async (url: string, limits: Partial<InboxLimits> = {}): Promise<Filled> => {
  const store = await openStore(url, { limits })
  const acknowledged: string[] = []
  for (let call = 0; call < 10_000; call++) {
    const ids = Array.from({ length: 5 }, (_, n) => `${call}-${n}`)
    try {
      await store.inbox.append(ids.map(padded))
      acknowledged.push(...ids)
    } catch (error) {
      if (!isFault(error, 'inbox-full')) throw error
      const stored = (await store.inbox.read(0, ALL)).map(idOf)
      return {
        store,
        acknowledged,
        missing: acknowledged.filter((id) => !stored.includes(id)),
        extra: stored.filter((id, index) => !acknowledged.includes(id) || stored.indexOf(id) !== index),
        fault: { kind: error.kind, message: error.message },
        refused: ids.map(padded),
      }
    }
  }
  throw new Error('The store was never full')
}

/** Moves everything out, as the mover does. */
export const settleAll = async (inbox: Inbox): Promise<void> => {
  const lease = await inbox.lease('mover', 60_000)
  const last = (await inbox.read(0, ALL)).at(-1)
  if (lease && last) await inbox.settle(lease, last.seq)
}
