import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const program = join(import.meta.dirname, '../src/cli/rollcall.ts')

/** What a command said until it ended. */
export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Begins `rollcall` with nothing in its environment but what is set; `said` grows while it runs. */
export const beginCommand = (
  args: readonly string[],
  set: Readonly<Record<string, string>>,
  cwd: string,
): { readonly child: ChildProcess; readonly said: { out: string; err: string } } => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [program, ...args], { env: { PATH, HOME, ...set }, cwd })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  return { child, said }
}

/** Runs `rollcall` to its end. */
export const runCommand = async (...begun: Parameters<typeof beginCommand>): Promise<Ran> => {
  const { child, said } = beginCommand(...begun)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...said }
}
