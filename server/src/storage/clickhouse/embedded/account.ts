import { execFile } from 'node:child_process'
import { lchown, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

export interface Account {
  uid: number
  gid: number
}

/** `nobody`, by number, since a container need not know the name. */
const nobody: Account = { uid: 65_534, gid: 65_534 }

/**
 * The account for the engine's process, to whom the folder is given, or undefined for the server's own. SQL's file()
 * reads what the process can read; so a server that is root runs the engine as `nobody`, if `nobody` can get there.
 * @param programs files that the engine's process must be able to read
 */
export async function lowAccount(
  folder: string,
  programs: readonly string[],
  warn: (message: string) => void,
): Promise<Account | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  if (await canReach(nobody, dirname(folder), programs)) {
    await give(folder, nobody)
    return nobody
  }
  warn(`The event engine runs as root, since the account nobody (65534) cannot reach ${folder} or the program's files.`)
  await give(folder, { uid: 0, gid: 0 })
  return undefined
}

async function canReach(account: Account, parent: string, programs: readonly string[]): Promise<boolean> {
  const look = `const { accessSync, constants } = require('fs'), [parent, ...files] = process.argv.slice(1)
accessSync(parent, constants.X_OK); for (const file of files) accessSync(file, constants.R_OK)`
  return promisify(execFile)(process.execPath, ['-e', look, parent, ...programs], {
    ...account,
    cwd: '/',
    env: {},
  }).then(
    () => true,
    () => false,
  )
}

/** The folder itself comes last: its owner says whose everything below it is, so that it is walked only on a change. */
async function give(folder: string, { uid, gid }: Account): Promise<void> {
  if ((await stat(folder)).uid === uid) return
  for (const name of await readdir(folder, { recursive: true })) await lchown(join(folder, name), uid, gid)
  await lchown(folder, uid, gid)
}
