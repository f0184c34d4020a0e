import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** What a role can be asked: name to function of one argument. */
export type Asks = Readonly<Record<string, (about: never) => unknown>>

/** One part of a bench in a process of its own, so that its work stands in nobody else's event loop. */
export interface Role<Ready, A extends Asks> extends AsyncDisposable {
  readonly pid: number
  /** What it told when it was ready. */
  readonly ready: Ready
  ask<K extends keyof A & string>(what: K, about: Parameters<A[K]>[0]): Promise<Awaited<ReturnType<A[K]>>>
}

type Told = { readonly ready: unknown } | { readonly id: number; readonly answer?: unknown; readonly error?: string }

const running = new Set<ChildProcess>()
let ending = false

/** Ends every role that still runs and starts no more, for a bench that is broken off. */
export const endRoles = async (): Promise<void> => {
  ending = true
  await Promise.all([...running].map(end))
}

/** Ends a process that has been asked to; by force when it does not within half a minute. */
const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  const force = setTimeout(() => child.kill('SIGKILL'), 30_000)
  if (child.connected) child.disconnect()
  await gone
  clearTimeout(force)
}

/**
 * Starts a role's file with its options and resolves when it is ready.
 * @throws Error when it ends before, with the last of what it wrote
 */
export const startRole = async <Ready, A extends Asks>(
  file: string,
  options: unknown,
  node: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Role<Ready, A>> => {
  if (ending) throw new Error('The bench was broken off')
  const child = fork(file, [JSON.stringify(options)], {
    execArgv: ['--disable-warning=ExperimentalWarning', ...node],
    env: { ...process.env, ...env },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000)
    })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const ready = Promise.withResolvers<Ready>()
  child.on('message', (told: Told) => {
    if ('ready' in told) return ready.resolve(told.ready as Ready)
    const asked = waiting.get(told.id)
    waiting.delete(told.id)
    if (told.error === undefined) asked?.resolve(told.answer)
    else asked?.reject(new Error(told.error))
  })
  child.once('exit', (code, signal) => {
    running.delete(child)
    const error = new Error(`${file} ended (${signal ?? code}): ${said}`)
    ready.reject(error)
    for (const asked of waiting.values()) asked.reject(error)
  })
  let asks = 0
  return {
    pid: child.pid ?? 0,
    ready: await ready.promise,
    ask(what, about) {
      const id = ++asks
      const asked = Promise.withResolvers<unknown>()
      waiting.set(id, asked)
      child.send({ id, what, about }, (error) => error && asked.reject(error))
      return asked.promise as never
    },
    [Symbol.asyncDispose]: () => end(child),
  }
}
