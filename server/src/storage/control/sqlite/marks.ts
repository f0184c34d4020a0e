import { type Realm, realmKey } from '../../../core/realm.ts'
import type { Committed, Group } from '../inbox/engine.ts'

/** What this process knows of its own inbox without asking: the only process that has the file open. */
export interface Marks {
  appended(group: Group, committed: Committed): void
  settled(upTo: number): void
  waiting(realm: Realm): number
  watermark(): number
}

export const makeMarks = (
  watermark: number,
  waiting: readonly { readonly tenantId: string; readonly communityId: string; readonly last: number }[],
): Marks => {
  const last = new Map(waiting.map((realm) => [realmKey(realm), realm.last]))
  let settledUpTo = watermark
  return {
    appended(group, { base, outcomes }) {
      let seq = base
      for (const run of group.runs) {
        const before = seq
        for (let index = run.from; index < run.to; index++) if (outcomes[index] === 'n') seq++
        if (seq > before) last.set(realmKey(run.realm), seq)
      }
    },
    settled(upTo) {
      settledUpTo = Math.max(settledUpTo, upTo)
      for (const [key, seq] of last) if (seq <= settledUpTo) last.delete(key)
    },
    waiting: (realm) => last.get(realmKey(realm)) ?? 0,
    watermark: () => settledUpTo,
  }
}
