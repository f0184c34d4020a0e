import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Settings } from '../../config/settings.ts'
import { type Check, type Finding, well, wrong } from './check.ts'

const others = 0o077

const checkFile = async (file: string, setting: string, set: boolean): Promise<Finding> => {
  if (set) return well(`${setting} is set.`)
  const found = await stat(file).catch(() => undefined)
  if (!found) return well(`${file} will be made at the first start.`)
  if ((found.mode & others) !== 0)
    return wrong(
      `${file} can be read by others (mode ${(found.mode & 0o777).toString(8)}).`,
      `Close it: chmod 600 '${file}'. If others may have read it, replace the key.`,
    )
  return well(`${file} is readable by its owner only.`)
}

const checkFiles = async (settings: Settings): Promise<readonly Finding[]> => {
  const folder = resolve(settings.data)
  return [
    await checkFile(join(folder, 'admin.key'), 'ROLLCALL_ADMIN_KEY', settings.adminKey !== undefined),
    await checkFile(join(folder, 'master.key'), 'ROLLCALL_MASTER_KEY', settings.masterKey !== undefined),
  ]
}

/** Whether the keys that lie in the data folder are its owner's only. */
export const keyFiles: Check = { name: 'Keys', run: checkFiles }
