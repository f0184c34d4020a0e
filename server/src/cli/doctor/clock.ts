import { DAY_MS } from '../../core/window.ts'
import { readBuild } from '../../observe/build.ts'
import { type Check, type Finding, well, wrong } from './check.ts'

const check = async (): Promise<Finding> => {
  const now = Date.now()
  const built = (await readBuild()).date * 1_000
  return now < built - DAY_MS
    ? wrong(
        `The clock says ${new Date(now).toISOString()}, which is before this version was made.`,
        'Set the clock by a time server; requests of the 1Kosmos surface may differ from it by a minute only.',
      )
    : well(`The clock says ${new Date(now).toISOString()}.`)
}

/** Whether the clock can be right. */
export const clock: Check = { name: 'Clock', run: check }
