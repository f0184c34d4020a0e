import type { Settings } from '../config/settings.ts'
import { DAY_MS, HOUR_MS } from '../core/window.ts'
import type { Chore } from '../jobs/keeper.ts'

/** What is done again and again, by itself. */
export const chores = (parts: {
  readonly settings: Settings
  readonly now: () => number
  readonly expire: (before: number) => Promise<readonly string[]>
  readonly indexTexts: (before: number) => Promise<readonly string[]>
  readonly forgetKeys: (retiredBefore: number) => Promise<number>
  readonly cleanUp: () => Promise<number>
  readonly tell: () => Promise<void>
}): readonly Chore[] => [
  {
    name: 'Dropping events past their retention',
    everyMs: HOUR_MS,
    run: async () => {
      if (parts.settings.retentionDays !== undefined)
        await parts.expire(parts.now() - parts.settings.retentionDays * DAY_MS)
    },
  },
  {
    name: 'Indexing the texts of events',
    everyMs: HOUR_MS,
    // Late events still come in on the first days of the next month.
    run: async () => {
      await parts.indexTexts(parts.now() - 2 * DAY_MS)
    },
  },
  {
    name: 'Forgetting replaced service keys',
    everyMs: HOUR_MS,
    run: async () => {
      await parts.forgetKeys(parts.now() - parts.settings.serviceKeyGraceHours * HOUR_MS)
    },
  },
  {
    name: 'Removing files and jobs past their retention',
    everyMs: HOUR_MS,
    run: async () => {
      await parts.cleanUp()
    },
  },
  { name: 'Telling the stream of changes of the directory', everyMs: 10_000, run: () => parts.tell() },
]
