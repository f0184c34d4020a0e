import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { adminKey } from '../world.ts'

/** A server process that can be killed and started again on the same folder. */
export interface ServerProcess {
  readonly url: string
  /** Process id of the engine child; 0 while there is none. */
  engine(): Promise<number>
  /** Resolves when the server next stands between the store's insert and the inbox's deletion. */
  between(): Promise<void>
  /** SIGKILLs the server; resolves when it is gone. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Resolves while the server runs; waits while it starts. */
  up(): Promise<void>
}

const here = import.meta.dirname

/** Prepares a server on a folder; its port stays the same over restarts, and its clock is so many milliseconds ahead. */
export const serverProcess = (
  folder: string,
  port: number,
  settings: Readonly<Record<string, string>> = {},
  aheadMs = 0,
): ServerProcess => {
  let child: ChildProcess | undefined
  let told: ((engine: number) => void) | undefined
  const waiting = new Set<() => void>()
  let running: Promise<void> = Promise.resolve()
  return {
    url: `http://127.0.0.1:${port}`,
    engine: () =>
      new Promise((resolve) => {
        told = resolve
        child?.send('engine')
      }),
    between: () => new Promise((resolve) => waiting.add(resolve)),
    up: () => running,
    async kill() {
      const gone = child && child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
      child?.kill('SIGKILL')
      await gone
    },
    async start() {
      const started = fork(join(here, 'server.ts'), [String(aheadMs)], {
        execArgv: ['--import', join(here, 'between.ts')],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        env: {
          PATH: process.env.PATH,
          ROLLCALL_DATA: folder,
          ROLLCALL_PORT: String(port),
          ROLLCALL_ADMIN_KEY: adminKey,
          ROLLCALL_LOG_LEVEL: 'silent',
          ...settings,
        },
      })
      child = started
      const ready = Promise.withResolvers<void>()
      running = ready.promise
      started.on('message', (message) => {
        if (message === 'between') {
          for (const resolve of waiting) resolve()
          waiting.clear()
        } else if (message === 'ready') ready.resolve()
        else told?.((message as { engine: number }).engine)
      })
      started.once('exit', (code) => ready.reject(new Error(`The server ended with ${code} before it was ready`)))
      await ready.promise
    },
  }
}
