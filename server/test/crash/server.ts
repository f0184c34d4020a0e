import { compose } from '../../src/compose.ts'
import { loadSettings } from '../../src/config/load.ts'

/** A server in a process of its own; it tells its parent when it is ready, and which process its engine is when asked. */
const rollcall = await compose(loadSettings())
process.on('message', () => process.send?.({ engine: rollcall.enginePid() ?? 0 }))
process.send?.('ready')
