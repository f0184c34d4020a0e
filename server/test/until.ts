import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 25

/** Looks again and again until something is so; a test that waits for what never comes ends by its own timeout. */
export const until = async (so: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await so())) await sleep(LOOK_MS)
}
