import { enableCompileCache } from 'node:module'

/** A server in a process of its own; it tells its parent when it is ready, and which process its engine is when asked. */
enableCompileCache()
const { compose } = await import('../../src/compose.ts')
const { loadSettings } = await import('../../src/config/load.ts')
const ahead = Number(process.argv[2])
const rollcall = await compose(loadSettings(), { now: () => Date.now() + ahead })
process.on('message', () => process.send?.({ engine: rollcall.enginePid() ?? 0 }))
process.send?.('ready')
