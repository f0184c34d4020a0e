import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../../core/log.ts'
import type { EngineLogin } from './access.ts'
import { ask } from './ask.ts'
import { type EngineProcess, type EngineProcessOptions, startProcess } from './engine-process.ts'

export interface Supervisor extends AsyncDisposable {
  restarts(): number
  ready(): boolean
  whenReady(timeoutMs: number): Promise<void>
  pid(): number | undefined
}

/** A store of many parts may take minutes to open after a crash. */
const startMs = 180_000
const stopMs = 5_000
/**
 * One that lived this long is started again at once when it dies; the others wait, twice as long each time, those that
 * answered at all never longer than 400 ms.
 */
const healthyMs = 2_000
const answeredFailures = 2
const pauseMs = (failures: number) => (failures === 0 ? 0 : Math.min(100 * 2 ** failures, 10_000))

/** Starts the engine and keeps it running until disposed. Throws one sentence if the first start is refused. */
export async function supervise(how: EngineProcessOptions, login: EngineLogin, log: Log): Promise<Supervisor> {
  const closing = new AbortController()
  const news = new EventEmitter<{ ready: [] }>()
  let restarts = 0
  let ready = false
  let current: EngineProcess | undefined

  async function begin(): Promise<EngineProcess> {
    const engine = startProcess(how)
    current = engine
    await firstAnswer(engine, login)
    ready = true
    news.emit('ready')
    return engine
  }

  async function keep(engine: EngineProcess): Promise<void> {
    let running: EngineProcess | undefined = engine
    for (let failures = 0; ; ) {
      if (running) {
        const since = performance.now()
        const reason = await running.ended
        ready = false
        if (closing.signal.aborted) return
        failures = performance.now() - since >= healthyMs ? 0 : Math.min(failures, answeredFailures)
        log('warn', 'The event engine ended unexpectedly and is started again.', { reason })
      }
      await sleep(pauseMs(failures++), undefined, { signal: closing.signal })
      running = await begin().catch((error: Error) => {
        if (!closing.signal.aborted) log('error', error.message)
        return undefined
      })
      if (running) log('info', 'The event engine answers again.', { restarts: ++restarts, pid: running.pid })
    }
  }

  const keeping = keep(await begin()).catch(() => {})
  return {
    restarts: () => restarts,
    ready: () => ready,
    pid: () => current?.pid,
    async whenReady(timeoutMs) {
      if (ready) return
      await once(news, 'ready', { signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]) }).catch(
        () => {
          const why = closing.signal.aborted ? 'is closed' : `did not answer within ${timeoutMs} ms`
          throw new Error(`The event engine ${why}.`)
        },
      )
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await current?.stop(stopMs)
      await keeping
    },
  }
}

async function firstAnswer(engine: EngineProcess, login: EngineLogin): Promise<void> {
  let reason: string | undefined
  void engine.ended.then((sentence) => {
    reason = sentence
  })
  for (const until = performance.now() + startMs; performance.now() < until; await sleep(20)) {
    // Not /ping: only our own engine knows the key and the password, whoever else may listen on the port.
    const answers = await ask(login, 'SELECT 1').then(
      () => true,
      () => false,
    )
    if (answers) return
    if (reason !== undefined) throw new Error(`The event engine did not start: ${reason}`)
  }
  await engine.stop(0)
  throw new Error(`The event engine did not start: it did not answer within ${startMs / 1000} seconds.`)
}
