import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Account } from './account.ts'

export const childScript = join(import.meta.dirname, 'engine-child.mjs')

export interface EngineProcess {
  pid: number | undefined
  /** Resolves when the process is gone, with one sentence on how it ended. Never rejects. */
  ended: Promise<string>
  /** SIGTERM, and SIGKILL after `graceMs`; resolves when the process is gone. */
  stop(graceMs: number): Promise<void>
}

export interface EngineProcessOptions {
  configFile: string
  folder: string
  library: string
  runFolder: string
  account: Account | undefined
}

/** Starts the engine's process. It has no environment of ours: SQL's file() could read secrets in it. */
export function startProcess({ configFile, folder, library, runFolder, account }: EngineProcessOptions): EngineProcess {
  const output = join(runFolder, 'output.log')
  if (existsSync(output)) renameSync(output, join(runFolder, 'output.previous.log'))
  const fd = openSync(output, 'w', 0o600)
  const child = spawn(process.execPath, [childScript, configFile, folder, library], {
    stdio: ['pipe', fd, fd],
    // A process group of its own: SYSTEM SHUTDOWN and a terminal's Ctrl-C signal whole groups.
    detached: true,
    cwd: folder,
    env: {},
    ...account,
  })
  closeSync(fd)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`its process did not start (${error.message})`))
    child.once('exit', (code, signal) => resolve(lastWords(output) ?? `it ended with ${signal ?? `code ${code}`}`))
  })
  // Neither the process nor its stdin is a reason for the server to go on living.
  child.unref()
  child.stdin?.on('error', () => {})
  if (child.stdin instanceof Socket) child.stdin.unref()
  return { pid: child.pid, ended, stop: (graceMs) => stop(child, ended, graceMs) }
}

async function stop(child: ChildProcess, ended: Promise<unknown>, graceMs: number): Promise<void> {
  child.ref()
  child.kill('SIGTERM')
  const kill = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(kill)
}

/** The engine's own reason, its first `Code: N` line; else the first line that is none of its usual ones. */
function lastWords(output: string): string | undefined {
  const lines = readFileSync(output, 'utf8')
    .split('\n')
    .map((line) => line.trim())
  const code = lines.find((line) => /^Code: \d+/.test(line))
  return code ?? lines.find((line) => line !== '' && !line.startsWith('Logging '))
}
