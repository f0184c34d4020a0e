import { compose, type Rollcall } from '../compose.ts'
import { loadSettings } from '../config/load.ts'
import { tell } from './print.ts'

/** How long running requests may take to end once the server was told to stop, in milliseconds. */
const PATIENCE_MS = 30_000

/** Resolves when the process is told to stop; a second telling ends it at once. */
const toldToStop = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let told = false
    const stop = (signal: NodeJS.Signals): void => {
      if (told) process.exit(1)
      told = true
      resolve(signal)
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
  })

/** Says where a running server is and where its key lies. The key itself is printed only when it was just made. */
export const introduce = (rollcall: Rollcall): void => {
  const { key, place, made } = rollcall.adminKey
  tell(`  address     ${rollcall.url}`)
  tell(`  documents   ${rollcall.url}/docs`)
  tell(`  admin key   ${made ? `${key.reveal()} (kept in ${place}; shown this once)` : place}`)
}

/** Runs until the process is told to stop, then closes every part. */
export const untilStopped = async (rollcall: Rollcall): Promise<void> => {
  const signal = await toldToStop()
  tell(`${signal}: finishing what runs, then stopping. Once more stops at once.`)
  setTimeout(() => process.exit(1), PATIENCE_MS).unref()
  await rollcall.close()
  tell('Stopped; everything acknowledged is kept.')
}

/** `rollcall serve` */
export const serve = async (): Promise<void> => {
  const started = performance.now()
  const settings = loadSettings()
  const rollcall = await compose(settings, { progress: (sentence) => tell(`${sentence} ...`) })
  tell(`Rollcall is ready after ${((performance.now() - started) / 1_000).toFixed(1)} s.`)
  introduce(rollcall)
  tell('  stop        Ctrl-C')
  await untilStopped(rollcall)
}
