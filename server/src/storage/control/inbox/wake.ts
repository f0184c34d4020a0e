/** Wakes those who wait for something new in this process. */
export interface Wake {
  ring(): void
  /** Resolves when it rang since the last wait ended, or after so many milliseconds. */
  wait(timeoutMs: number): Promise<void>
}

export const makeWake = (): Wake => {
  let rang = false
  const waiting = new Set<() => void>()
  return {
    ring() {
      rang = true
      for (const wake of waiting) wake()
    },
    async wait(timeoutMs) {
      if (!rang)
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            clearTimeout(timer)
            waiting.delete(wake)
            resolve()
          }
          const timer = setTimeout(wake, timeoutMs)
          waiting.add(wake)
        })
      rang = false
    },
  }
}
