import { chmod, mkdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { totalmem } from 'node:os'
import { resolve } from 'node:path'
import type { Log } from '../../../core/log.ts'
import { type EngineLogin, forgetOtherRuns, writeAccess } from './access.ts'
import { lowAccount } from './account.ts'
import { ask } from './ask.ts'
import { childScript } from './engine-process.ts'
import { engineLibrary } from './library.ts'
import { freePort } from './port.ts'
import { supervise } from './supervisor.ts'

export type { EngineLogin } from './access.ts'

export interface EngineOptions {
  /** Holds the data (store/), the log, and the secrets of this run; made when missing. One engine at a time. */
  folder: string
  /** Tables of the database rollcall that the report user may read, each filtered by realm. They may come later. */
  readableTables: readonly string[]
  /** What the engine may use at most: 2 GiB, or half of the machine's memory if that is less. */
  memoryBytes?: number
  log: Log
}

/** A running engine. Its port and passwords stay the same for as long as it lives, through crashes and restarts. */
export interface Engine extends AsyncDisposable {
  /** All rights on the databases rollcall and report. */
  readonly app: EngineLogin
  /** Read-only, bounded, one realm per request: that of its headers X-Rollcall-Tenant and X-Rollcall-Community. */
  readonly report: EngineLogin
  /** How often the engine came back after it had died. */
  restarts(): number
  ready(): boolean
  /** Resolves once the engine answers; rejects with one sentence after `timeoutMs`, or when it is closed. */
  whenReady(timeoutMs: number): Promise<void>
  pid(): number | undefined
}

/** Starts the embedded ClickHouse and resolves when it answers. Throws one sentence with the reason if it refuses. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { readableTables, log, memoryBytes = Math.min(2 * 1024 ** 3, Math.floor(totalmem() / 2)) } = options
  const since = performance.now()
  const folder = resolve(options.folder)
  const library = engineLibrary()
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  const programs = [childScript, library, createRequire(import.meta.url).resolve('ffi-rs')]
  const account = await lowAccount(folder, programs, (message) => log('warn', message))
  const access = await writeAccess({ folder, port: await freePort(), readableTables, memoryBytes, account })
  const { app, report, configFile, runFolder } = access
  await using parts = new AsyncDisposableStack()
  parts.defer(() => rm(runFolder, { recursive: true, force: true }))
  const supervisor = parts.use(await supervise({ configFile, folder, library, runFolder, account }, app, log))
  await forgetOtherRuns(folder, runFolder)
  for (const name of ['rollcall', 'report']) await ask(app, `CREATE DATABASE IF NOT EXISTS ${name} ENGINE = Atomic`)
  const { restarts, ready, whenReady, pid } = supervisor
  log('info', 'The event engine answers.', { pid: pid(), milliseconds: Math.round(performance.now() - since) })
  const running = parts.move()
  return { app, report, restarts, ready, whenReady, pid, [Symbol.asyncDispose]: () => running.disposeAsync() }
}
