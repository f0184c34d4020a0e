import { enableCompileCache } from 'node:module'
import { pino } from 'pino'
import { playRole } from '../roles/play.ts'
import { installRecorder } from './recorder.ts'

/** Options: the server's settings by their names in the environment. */
export type ServerOptions = Readonly<Record<string, string>>

/** The server under test, in a process of its own. */
await playRole(async (set: ServerOptions) => {
  // As `rollcall serve` does.
  enableCompileCache()
  const recorder = installRecorder()
  const { compose } = await import('../../server/src/compose.ts')
  const { loadSettings } = await import('../../server/src/config/load.ts')
  const settings = loadSettings({ ...set })
  let ahead = 0
  const rollcall = await compose(settings, {
    log: pino({ level: settings.logLevel }),
    now: () => Date.now() + ahead,
  })
  const asks = {
    engine: (_: null) => recorder.engine(),
    record: (_: null) => recorder.start(),
    recorded: (_: null) => recorder.stop(),
    /** Sets the server's clock ahead, in milliseconds. */
    ahead: (ms: number) => {
      ahead = ms
    },
  }
  return { ready: { url: rollcall.url, enginePid: rollcall.enginePid() ?? 0 }, asks, close: () => rollcall.close() }
})
