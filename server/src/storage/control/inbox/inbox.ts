import type { Inbox } from '../../../ports/inbox.ts'
import type { InboxEngine } from './engine.ts'
import { groupCommit } from './group-commit.ts'
import { makeMoving } from './moving.ts'
import { makeReading } from './reading.ts'
import { makeSetAsides } from './set-aside.ts'
import { makeWake } from './wake.ts'

/** The inbox over one engine. Its engine is closed by whoever opened it; waiting appends are finished here. */
export const makeInbox = (engine: InboxEngine, storeId: string, now: () => number): Inbox => {
  const wake = makeWake()
  const commits = groupCommit({ commit: engine.append, ...engine.groups, now })
  return {
    storeId,
    async append(entries) {
      const appended = await commits.append(entries)
      if (appended.some(({ outcome }) => outcome === 'new')) wake.ring()
      return appended
    },
    waiting: engine.waiting,
    watermark: engine.watermark,
    changed: wake.wait,
    ...makeReading(engine.db),
    ...makeMoving(engine, now),
    ...makeSetAsides(engine, now, wake.ring),
    [Symbol.asyncDispose]: () => commits[Symbol.asyncDispose](),
  }
}
