import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { explainDataFolder } from '../../compose/data-folder.ts'
import type { Settings } from '../../config/settings.ts'
import { type Check, type Finding, note, well, wrong } from './check.ts'

const GIB = 1_073_741_824
const CLOCK_SLACK_MS = 5_000

const sayBytes = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`

const space = async (folder: string, least: number): Promise<Finding> => {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free < least)
    return wrong(
      `Only ${sayBytes(free)} are free for ${folder}; below ${sayBytes(least)} sending is refused.`,
      'Make room, or set ROLLCALL_DATA to a folder on a larger disk.',
    )
  if (free < 2 * GIB) return note(`${sayBytes(free)} are free for ${folder}.`, 'That is little; make room soon.')
  return well(`${sayBytes(free)} are free for ${folder}.`)
}

/** A file written now must be dated now; otherwise the clock or the disk's host is off. */
const writing = async (folder: string): Promise<Finding> => {
  const file = join(folder, `.doctor-${process.pid}`)
  await writeFile(file, 'doctor', { flag: 'wx', flush: true })
  try {
    const off = Math.abs((await stat(file)).mtimeMs - Date.now())
    return off > CLOCK_SLACK_MS
      ? wrong(
          `The disk's clock and this machine's differ by ${Math.round(off / 1_000)} s.`,
          "Set both clocks by a time server; events are stamped with this machine's.",
        )
      : well(`${folder} can be written, and its clock agrees with this machine's.`)
  } finally {
    await rm(file, { force: true })
  }
}

const checkFolder = async (settings: Settings): Promise<Finding | readonly Finding[]> => {
  const folder = resolve(settings.data)
  try {
    await mkdir(folder, { recursive: true, mode: 0o711 })
    return [await space(folder, settings.inboxFreeDisk), await writing(folder)]
  } catch (error) {
    const { said, todo } = explainDataFolder(folder, error)
    return wrong(said, todo)
  }
}

/** Whether the data folder has room and can be written. */
export const disk: Check = { name: 'Data folder', run: checkFolder }
