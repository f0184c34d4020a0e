import { DAY_MS } from '../../core/window.ts'
import type { DemoEvent } from './day.ts'
import { eventsOfDay } from './day.ts'
import type { Sender } from './onekosmos-sender.ts'

/** Everything that happened at the company in so many days up to now, in order of time. */
export const history = (now: number, days: number): readonly DemoEvent[] => {
  const today = Math.floor(now / DAY_MS)
  return Array.from({ length: days + 1 }, (_, ago) => eventsOfDay(today - days + ago))
    .flat()
    .filter((event) => event.at <= now && event.at > now - days * DAY_MS)
}

/** Sends events over so many connections at once; tells how many were acknowledged after each. */
export const sendAll = async (
  events: readonly DemoEvent[],
  sender: Sender,
  lanes: number,
  acknowledged: (count: number) => void,
): Promise<void> => {
  let next = 0
  let done = 0
  const lane = async (): Promise<void> => {
    for (let event = events[next++]; event; event = events[next++]) {
      await sender.send(event)
      acknowledged(++done)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
