import { uuidv7 } from 'uuidv7'
import { Fault } from '../../core/fault.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Period } from '../../core/schedule.ts'
import type { DeliveryRecord, NewDelivery } from '../../ports/jobs.ts'
import type { RunRecord, SubscriptionRecord } from '../../ports/subscriptions.ts'
import { linkFile, type RunFileParts } from './run-files.ts'
import type { Outcome, RunSeen, SubscriptionUses } from './subscription-uses.ts'

export interface LedgerParts extends RunFileParts {
  /** Told when there is something new to do in the background. */
  readonly kick: () => void
  /** A subscription that the caller may see. @throws Fault `forbidden`, `not-found` */
  readonly find: (caller: Principal, realm: Realm, id: string) => Promise<SubscriptionRecord>
  readonly lastPeriod: (subscription: SubscriptionRecord) => Promise<Period>
}

/** The newest message to each recipient; what was sent again stands for what was sent before. */
export const newestOf = (deliveries: readonly DeliveryRecord[]): readonly DeliveryRecord[] => [
  ...new Map(deliveries.map((one) => [`${one.channel} ${one.address}`, one])).values(),
]

const outcomeOf = (
  run: RunRecord,
  deliveries: readonly DeliveryRecord[],
): { state: Outcome; reason: string | null } => {
  if (run.state !== 'made') return { state: run.state, reason: run.reason }
  const newest = newestOf(deliveries)
  if (newest.some(({ state }) => state === 'pending' || state === 'sending')) return { state: 'running', reason: null }
  const missed = newest.filter(({ state }) => state !== 'sent').length
  if (missed === 0) return { state: 'delivered', reason: null }
  return {
    state: 'failed',
    reason: `${missed} of ${newest.length} messages did not arrive for sure; each delivery says why`,
  }
}

/** A line of the ledger with what became of each message. */
export const seeRun = (parts: RunFileParts, run: RunRecord, deliveries: readonly DeliveryRecord[]): RunSeen => ({
  ...run,
  files: run.files.map((file) => ({ ...file, link: linkFile(parts, run, file) })),
  ...outcomeOf(run, deliveries),
  deliveries: deliveries.map(({ message: _, realm: __, ...one }) => one),
})

/** The name under which a run by hand stands beside that of the schedule. */
const byHand = (period: string, id: string): string => `${period}#${id}`

/** The ledger of a subscription: what became of each period, and what can be sent again. */
export const createLedger = (parts: LedgerParts): Pick<SubscriptionUses, 'runs' | 'run' | 'runNow' | 'resend'> => {
  const { control, now, find } = parts
  const { runs } = control.subscriptions

  const see = async (run: RunRecord): Promise<RunSeen> =>
    seeRun(parts, run, await control.deliveries.of(run.realm, { kind: 'run', id: run.id }))

  const findRun = async (caller: Principal, realm: Realm, id: string, runId: string): Promise<RunRecord> => {
    await find(caller, realm, id)
    const run = await runs.get(realm, runId)
    if (run?.subscriptionId !== id)
      throw new Fault('not-found', { what: 'run', id: runId }, 'This subscription has no run with this id')
    return run
  }

  const refuse = (run: RunRecord, why: string): Fault =>
    new Fault('conflict', { what: 'run', id: run.id, why: 'state' }, why)

  /** A message that surely went out goes out as a new one; one of which that is not sure keeps its id. */
  const sendAgain = async (delivery: DeliveryRecord): Promise<void> => {
    if (delivery.state === 'pending' || delivery.state === 'sending') return
    if (delivery.state !== 'sent') {
      await control.deliveries.again(delivery.realm, delivery.id, now())
      return
    }
    const id = uuidv7()
    const next: NewDelivery = {
      id,
      owner: delivery.owner,
      channel: delivery.channel,
      address: delivery.address,
      messageId: delivery.messageId.replace(/^[^@]*/, id),
      message: delivery.message,
    }
    await control.deliveries.create(delivery.realm, [next], now())
  }

  return {
    async runs(caller, realm, id, options) {
      await find(caller, realm, id)
      const found = await runs.list(realm, id, options)
      return await Promise.all(found.map(see))
    },

    run: async (caller, realm, id, runId) => await see(await findRun(caller, realm, id, runId)),

    async runNow(caller, realm, id) {
      const subscription = await find(caller, realm, id)
      const period = await parts.lastPeriod(subscription)
      const runId = uuidv7()
      const run = await runs.add(
        subscription,
        {
          id: runId,
          period: byHand(period.name, runId),
          from: period.from,
          to: period.to,
          zone: subscription.aim.zone,
          byHand: true,
          dueAt: now(),
          state: 'pending',
          reason: null,
        },
        now(),
      )
      parts.kick()
      return await see(run)
    },

    async resend(caller, realm, id, runId, deliveryId) {
      const run = await findRun(caller, realm, id, runId)
      if (run.state === 'skipped') throw refuse(run, 'This period was skipped; there is nothing to send again')
      if (run.state === 'pending' || run.state === 'running')
        throw refuse(run, 'This run is still under way; it is sent when it is made')
      const deliveries = await control.deliveries.of(realm, { kind: 'run', id: run.id })
      const one = deliveries.find((delivery) => delivery.id === deliveryId)
      if (deliveryId !== undefined && !one)
        throw new Fault('not-found', { what: 'delivery', id: deliveryId }, 'This run has no delivery with this id')
      if (run.state === 'failed' || run.files.length === 0) await runs.again(run, now())
      else for (const delivery of one ? [one] : newestOf(deliveries)) await sendAgain(delivery)
      parts.kick()
      return await see((await runs.get(realm, runId)) ?? run)
    },
  }
}
