import { backOffMs } from '../core/job.ts'
import type { Log } from '../core/log.ts'
import type { Realm } from '../core/realm.ts'
import { type Courier, type Message, NotTaken } from '../ports/courier.ts'
import type { Deliveries, DeliveryRecord } from '../ports/jobs.ts'
import { startTaking, type Taking } from './taking.ts'

export interface PostmanOptions {
  readonly deliveries: Deliveries
  readonly couriers: readonly Courier[]
  readonly now: () => number
  readonly log: Log
  /** Told of a message that did not arrive, or of which it is not known. */
  readonly undelivered?: (realm: Realm, sentence: string) => Promise<void>
}

const TICK_MS = 1_000
/** How long one sending may take, and how long after it one without an end counts as unknown. */
const PATIENCE_MS = 30_000
const DOUBT_MS = 120_000
const MOST_ATTEMPTS = 6
const AT_ONCE = 4

/** Sends what waits to be sent; any number of processes may. */
export const startPostman = (options: PostmanOptions): Taking => {
  const { deliveries, now, log } = options
  const byChannel = new Map(options.couriers.map((courier) => [courier.channel, courier]))

  /** Sends one that stands as `sending` already: whatever happens from here on, it is not sent twice by itself. */
  const send = async (delivery: DeliveryRecord): Promise<void> => {
    const told = { delivery: delivery.id, attempt: delivery.attempts }
    try {
      await byChannel.get(delivery.channel)?.deliver(
        {
          realm: delivery.realm,
          address: delivery.address,
          messageId: delivery.messageId,
          message: delivery.message as Message,
        },
        PATIENCE_MS,
      )
      await deliveries.settle(delivery, { state: 'sent', error: null }, now())
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (!(error instanceof NotTaken)) {
        const unsure = `It is not known whether it arrived: ${why}. Send it again by hand if it has not`
        await deliveries.settle(delivery, { state: 'unknown', error: unsure }, now())
        log('warn', 'It is not known whether a message arrived', told)
        await options.undelivered?.(delivery.realm, unsure)
      } else if (error.passing && delivery.attempts < MOST_ATTEMPTS) {
        const dueAt = now() + backOffMs(delivery.attempts)
        await deliveries.settle(delivery, { state: 'pending', error: why, dueAt }, now())
      } else {
        await deliveries.settle(delivery, { state: 'failed', error: why }, now())
        log('warn', 'A message could not be delivered', { ...told, error: why })
        await options.undelivered?.(delivery.realm, `A message could not be delivered: ${why}`)
      }
    }
  }

  const channels = [...byChannel.keys()]
  let doubtedAt = Number.NEGATIVE_INFINITY
  return startTaking({
    async claim(room) {
      if (performance.now() - doubtedAt > TICK_MS) {
        doubtedAt = performance.now()
        const unknown = await deliveries.doubt(now())
        if (unknown > 0)
          log('warn', 'Messages were found half sent; look at them, and send them again by hand', { unknown })
      }
      return room ? await deliveries.claim({ channels, now: now(), untilMs: DOUBT_MS }) : undefined
    },
    doOne: (delivery) =>
      send(delivery).catch((error) => log('warn', 'The end of a sending could not be told', { error: String(error) })),
    atOnce: AT_ONCE,
    tickMs: TICK_MS,
    log,
    away: 'Messages cannot be sent now; they wait',
    stop: new AbortController(),
  })
}
