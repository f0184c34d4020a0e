import { getCompileCacheDir } from 'node:module'
import type { Transferable } from 'node:worker_threads'
import { Worker } from 'node:worker_threads'
import { Fault } from '../../../core/fault.ts'
import type { OperationName, Operations, Reply, Request, ThreadData } from './operations.ts'

/** A database in a thread of its own. Calls are answered in order. */
export interface Thread extends AsyncDisposable {
  call<N extends OperationName>(
    name: N,
    ask: Operations[N]['ask'],
    transfer?: readonly Transferable[],
  ): Promise<Operations[N]['answer']>
}

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

/** MB of fresh objects of a thread: it handles few and large ones, and a large nursery is memory that it never needs. */
const YOUNG_MB = 12

const gone = (cause?: unknown): Fault =>
  new Fault(
    'control-away',
    { retryAfterSeconds: 5 },
    'The thread of the control store has ended; restart the server, and look in the log for what ended it',
    { cause },
  )

/** Starts a thread and opens its database there; rejects when it cannot be opened. */
export const openThread = async (data: ThreadData): Promise<Thread> => {
  const compiled = getCompileCacheDir()
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    // What was compiled before is found there, so that no thread loads the compiler: 17 MB each. It needs nothing else.
    ...(compiled === undefined ? {} : { env: { NODE_COMPILE_CACHE: compiled } }),
  })
  const waiting = new Map<number, Waiting>()
  let ended: Fault | undefined
  let next = 1
  const end = (cause?: unknown): void => {
    ended ??= gone(cause)
    for (const { reject } of waiting.values()) reject(cause ?? ended)
    waiting.clear()
  }
  worker.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (!('error' in reply)) call?.resolve(reply.answer)
    else if (reply.error.fault)
      call?.reject(new Fault(reply.error.fault.kind, reply.error.fault.details, reply.error.message))
    else call?.reject(new Error(reply.error.message))
  })
  worker.on('error', end)
  worker.on('exit', () => end())

  const call: Thread['call'] = (name, ask, transfer = []) =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended)
      const request: Request<typeof name> = { id: next++, name, ask }
      waiting.set(request.id, { resolve: resolve as (answer: unknown) => void, reject })
      worker.postMessage(request, transfer)
    })
  await call('exec', { script: '' })
  return {
    call,
    async [Symbol.asyncDispose]() {
      if (ended) return
      const exited = new Promise((resolve) => worker.once('exit', resolve))
      await call('close', null)
      await exited
    },
  }
}
