import { loadSettings, SettingsRefused } from '../../config/load.ts'
import type { Settings } from '../../config/settings.ts'
import { addressOf } from '../connection.ts'
import { say } from '../print.ts'
import { type Check, type Finding, reasonOf, wrong } from './check.ts'
import { clock } from './clock.ts'
import { control } from './control.ts'
import { disk } from './disk.ts'
import { engine } from './engine.ts'
import { https } from './https.ts'
import { keyFiles } from './key-files.ts'
import { port } from './port.ts'

const checks: readonly Check[] = [clock, disk, keyFiles, https, port, control, engine]
const marks = { well: 'ok   ', note: 'note ', wrong: 'WRONG' } as const

const show = (name: string, findings: readonly Finding[]): void => {
  for (const { state, said, todo } of findings) {
    say(`${marks[state]}  ${name}: ${said}`)
    if (todo) say(`       -> ${todo}`)
  }
}

const examine = async (check: Check, settings: Settings): Promise<readonly Finding[]> => {
  try {
    return [await check.run(settings, addressOf(settings))].flat()
  } catch (error) {
    return [wrong(`It cannot be checked (${reasonOf(error)}).`, 'Run this as the account that the server runs as.')]
  }
}

/** `rollcall doctor`: says what is wrong and what to do; the exit code is 1 when something is. */
export const doctor = async (): Promise<void> => {
  let settings: Settings
  try {
    settings = loadSettings()
    show('Settings', [{ state: 'well', said: 'Every setting can be used.' }])
  } catch (error) {
    if (!(error instanceof SettingsRefused)) throw error
    show(
      'Settings',
      error.problems.map((problem) => wrong(problem, 'Correct it and run this again; the other checks need it.')),
    )
    process.exitCode = 1
    return
  }
  let bad = 0
  for (const check of checks) {
    const findings = await examine(check, settings)
    show(check.name, findings)
    bad += findings.filter((finding) => finding.state === 'wrong').length
  }
  say(bad === 0 ? '\nNothing is wrong.' : `\n${bad} ${bad === 1 ? 'thing is' : 'things are'} wrong; see above.`)
  if (bad > 0) process.exitCode = 1
}
