import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'

/** A server in a process of its own whose clock is a file: its parent moves time by writing it. */
enableCompileCache()
const { compose } = await import('../../src/compose.ts')
const { loadSettings } = await import('../../src/config/load.ts')
const file = process.argv[2] ?? ''
let last = 0
const now = (): number => {
  // The file holds how far this clock is ahead; while it is being written the last word counts.
  const ahead = Number(readFileSync(file, 'utf8'))
  if (Number.isSafeInteger(ahead) && ahead !== 0) last = ahead
  return Date.now() + last
}
await compose(loadSettings(), { now })
process.send?.('ready')
