import { setTimeout as delay } from 'node:timers/promises'
import Type from 'typebox'
import type { Task, TaskContext, TaskDone } from './task.ts'

const Payload = Type.Object({ clock: Type.Integer({ minimum: 2 }) })

/** Longer than any process remembers a realm, so that none stamps events by the former zone any more. */
const STAMPED_MS = 3_000
const PATIENCE_MS = 1_000

/** Waits until every event that the former clock stamped is in the store. */
const settle = async ({ parts, job, signal }: TaskContext): Promise<void> => {
  const left = job.createdAt + STAMPED_MS - parts.now()
  if (left > 0) await delay(Math.min(left, STAMPED_MS), undefined, { signal })
  const waiting = await parts.inbox.waiting(job.realm)
  while (waiting > 0 && (await parts.catchUp(waiting, PATIENCE_MS)) < waiting) signal.throwIfAborted()
}

/**
 * Counts the days and months of a realm anew after a change of its time zone, under the clock of the new one. Events that
 * arrive meanwhile are counted by that clock already; a job that breaks off is done again without counting twice.
 */
export const recount: Task = {
  kind: 'recount',
  payload: Payload,
  attempts: 50,
  run: async ({ clock }: Type.Static<typeof Payload>, context): Promise<TaskDone> => {
    const { parts, job, signal } = context
    const { realms } = parts.control
    const record = await realms.get(job.realm.tenantId, job.realm.communityId)
    // A later change has a job of its own, which counts everything.
    if (!record || record.clock !== clock) return { result: 'The time zone was changed again' }
    const change = {
      clock,
      counted: record.countedClock,
      zone: record.timezone ?? parts.timezone,
      now: parts.now(),
    }
    if (record.countedClock < clock) {
      await settle(context)
      signal.throwIfAborted()
      await parts.store.recount(job.realm, change)
      await realms.counted(job.realm, clock)
    }
    signal.throwIfAborted()
    await parts.store.restamp(job.realm, change)
    return {}
  },
}
