import type { Inbox } from '../ports/inbox.ts'
import type { Mover } from './mover.ts'

const LOOK_MS = 20

/** Stands in for the mover in a process that only answers requests: another one moves, this one watches how far. */
export const startFollower = (inbox: Inbox): Mover => ({
  kick() {},
  async catchUp(seq, timeoutMs) {
    const deadline = performance.now() + timeoutMs
    let reached = await inbox.watermark()
    while (reached < seq && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      reached = await inbox.watermark()
    }
    return reached
  },
  async [Symbol.asyncDispose]() {},
})
