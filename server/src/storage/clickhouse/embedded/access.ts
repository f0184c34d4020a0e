import { randomBytes } from 'node:crypto'
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Account } from './account.ts'
import { serverConfig } from './server-config.ts'
import { usersConfig } from './users-config.ts'

/** How to reach the engine as one of its users; `headers` go with every request. */
export interface EngineLogin {
  url: string
  username: string
  password: string
  headers: Record<string, string>
}

export interface Access {
  app: EngineLogin
  report: EngineLogin
  /** Where this start keeps its files, config.xml among them. */
  runFolder: string
  configFile: string
}

export interface AccessOptions {
  folder: string
  port: number
  readableTables: readonly string[]
  memoryBytes: number
  account: Account | undefined
}

/**
 * Makes new secrets and writes the engine's configuration (0600) into a folder of this start's own: an engine that is
 * refused, because another one has the data open, must not change that one's files.
 */
export async function writeAccess({ folder, port, account, ...rest }: AccessOptions): Promise<Access> {
  const [appPassword, reportPassword, key] = [secret(), secret(), secret()]
  const runFolder = await mkdtemp(join(folder, 'run-'))
  const [configFile, usersFile] = [join(runFolder, 'config.xml'), join(runFolder, 'users.xml')]
  await writeFile(configFile, serverConfig({ folder, usersFile, port, key, ...rest }), { mode: 0o600 })
  await writeFile(usersFile, usersConfig({ appPassword, reportPassword, ...rest }), { mode: 0o600 })
  if (account) for (const path of [runFolder, configFile, usersFile]) await chown(path, account.uid, account.gid)
  const at = { url: `http://127.0.0.1:${port}`, headers: { 'X-Rollcall-Key': key } }
  return {
    app: { ...at, username: 'app', password: appPassword },
    report: { ...at, username: 'report', password: reportPassword },
    runFolder,
    configFile,
  }
}

/** Deletes what earlier starts left behind. Only for the engine that has the data open. */
export async function forgetOtherRuns(folder: string, runFolder: string): Promise<void> {
  const others = (await readdir(folder)).filter((name) => name.startsWith('run-') && name !== basename(runFolder))
  for (const name of others) await rm(join(folder, name), { recursive: true, force: true })
}

const secret = () => randomBytes(24).toString('base64url')
