import { uuidv7 } from 'uuidv7'
import { aimAt, scheduleOf, skippedRun } from '../app/subscriptions/aim.ts'
import type { EndedRun } from '../app/subscriptions/run-ended.ts'
import type { Log } from '../core/log.ts'
import { catchUp } from '../core/schedule.ts'
import type { Due, NewRun, Subscriptions, TickLease } from '../ports/subscriptions.ts'
import { sleep } from './sleep.ts'

export interface TickerOptions {
  readonly subscriptions: Subscriptions
  /** A number that moves when a realm changed, its zone for instance. */
  readonly version: () => Promise<number>
  /** This process's name in the lease. */
  readonly holder: string
  /** The zone of realms that set none. */
  readonly timezone: string
  /** How many missed periods of one subscription are made up for. */
  readonly most: number
  readonly now: () => number
  readonly log: Log
  /** Told after runs were added. */
  readonly added: () => void
  /** Told of periods that were skipped, and of runs that failed without their job telling it. */
  readonly ended: (run: EndedRun) => Promise<void>
}

const TICK_MS = 1_000
const LEASE_MS = 10_000
/** How many due subscriptions are read at a time. */
const PAGE = 100

/** Brings subscriptions to their next period when one is due, in one process at a time; any number may try. */
export const startTicker = (options: TickerOptions): AsyncDisposable => {
  const { subscriptions, now, log } = options
  const stop = new AbortController()
  let lease: TickLease | null = null
  let heldSince = 0
  let seen: number | undefined

  /** Moves one on: a run for each period to make up for, and a line that tells what is skipped. False: the lease is lost. */
  const advance = async (held: TickLease, due: Due): Promise<boolean> => {
    const { subscription, zone } = due
    const at = now()
    const schedule = scheduleOf(subscription, zone)
    const { periods, skipped, standing } = catchUp(schedule, subscription.aim.standing, at, options.most)
    const why = `It was missed while nothing ran, and only the newest ${options.most} periods are made up for`
    const runs: NewRun[] = periods.map((period) => ({
      id: uuidv7(),
      period: period.name,
      from: period.from,
      to: period.to,
      zone,
      byHand: false,
      dueAt: at,
      state: 'pending',
      reason: null,
    }))
    if (skipped) runs.unshift(skippedRun(skipped, zone, why, at))
    if (!(await subscriptions.advance(held, due, aimAt(schedule, standing), runs, at))) return false
    if (skipped) {
      const { id, realm } = subscription
      await options.ended({ realm, subscriptionId: id, state: 'skipped', period: skipped.name, reason: why })
    }
    return true
  }

  /** A page of subscriptions; false when there is no more, or when others move them. */
  const page = async (held: TickLease, dues: readonly Due[]): Promise<boolean> => {
    let moved = 0
    for (const due of dues) {
      if (stop.signal.aborted) return false
      if (await advance(held, due)) moved += 1
    }
    if (moved > 0) options.added()
    return dues.length === PAGE && moved > 0
  }

  /** Takes the lease, or renews it when half of its time is over, so that nothing is written while nothing happens. */
  const hold = async (): Promise<void> => {
    const at = now()
    if (lease && at >= heldSince && at < heldSince + LEASE_MS / 2) return
    lease = await subscriptions.lease(options.holder, at, LEASE_MS)
    heldSince = at
  }

  const tick = async (): Promise<void> => {
    await hold()
    if (!lease) {
      seen = undefined
      return
    }
    const version = await options.version()
    if (version !== seen)
      while (lease && (await page(lease, await subscriptions.strayed(options.timezone, PAGE)))) await hold()
    seen = version
    while (lease && (await page(lease, await subscriptions.due(now(), options.timezone, PAGE)))) await hold()
    for (const run of await subscriptions.runs.close(now())) await options.ended(run)
  }

  const run = async (): Promise<void> => {
    let complained = false
    while (!stop.signal.aborted) {
      try {
        await tick()
        if (complained) log('info', 'Subscriptions are looked after again')
        complained = false
      } catch (error) {
        if (!complained)
          log('warn', 'Subscriptions cannot be looked after now; what is due is made up for later', {
            error: String(error),
          })
        complained = true
      }
      await sleep(TICK_MS, stop.signal)
    }
  }

  const ended = run()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await ended
      if (lease) await subscriptions.release(lease).catch(() => undefined)
    },
  }
}
