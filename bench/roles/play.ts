import type { Asks } from './start.ts'

/** A role that runs: what it tells at its start, what it can be asked, and how it ends. */
export interface Part<Ready, A extends Asks> {
  readonly ready: Ready
  readonly asks: A
  close(): Promise<void>
}

/** Plays a role in this process: opens it with the options of the command line, and ends with the bench that asked. */
export const playRole = async <Options, Ready, A extends Asks>(
  open: (options: Options) => Promise<Part<Ready, A>>,
): Promise<void> => {
  const part = await open(JSON.parse(process.argv[2] ?? '{}'))
  process.on('message', async ({ id, what, about }: { id: number; what: string; about: never }) => {
    try {
      process.send?.({ id, answer: await part.asks[what]?.(about) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  process.once('disconnect', async () => {
    await part.close()
    process.exit(0)
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
  process.send?.({ ready: part.ready })
}
