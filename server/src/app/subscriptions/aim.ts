import { uuidv7 } from 'uuidv7'
import { type Schedule, type Skipped, type Standing, upcoming } from '../../core/schedule.ts'
import type { Sending } from '../../core/subscription.ts'
import type { Aim, NewRun } from '../../ports/subscriptions.ts'

/** When a subscription is due, on the clock of a zone. */
export const scheduleOf = ({ cadence, time }: Pick<Sending, 'cadence' | 'time'>, zone: string): Schedule => ({
  cadence,
  zone,
  time,
})

export const aimAt = (schedule: Schedule, standing: Standing): Aim => ({
  zone: schedule.zone,
  standing,
  due: upcoming(schedule, standing).due,
})

/** A line of the ledger that tells why periods have no report. */
export const skippedRun = (skipped: Skipped, zone: string, reason: string, now: number): NewRun => ({
  id: uuidv7(),
  period: skipped.name,
  from: skipped.from,
  to: skipped.to,
  zone,
  byHand: false,
  dueAt: now,
  state: 'skipped',
  reason,
})
