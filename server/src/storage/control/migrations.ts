import { readdir, readFile } from 'node:fs/promises'

export type EngineName = 'sqlite' | 'postgres'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly script: string
}

const FILE = /^(\d{3})-([a-z-]+)(?:\.(sqlite|postgres))?\.sql$/

/** The steps of `ddl/`, in order: those of both engines and those of this one. */
export const readMigrations = async (engine: EngineName): Promise<readonly Migration[]> => {
  const folder = new URL('./ddl/', import.meta.url)
  const found: Migration[] = []
  for (const file of (await readdir(folder)).sort()) {
    const [, number, name, only] = FILE.exec(file) ?? []
    if (number === undefined || name === undefined) throw new Error(`ddl/${file} is not named as a migration is`)
    if (only !== undefined && only !== engine) continue
    found.push({ number: Number(number), name, script: await readFile(new URL(file, folder), 'utf8') })
  }
  return found
}

/** What is still to be applied. @throws Error when the store is newer than this program. */
export const pending = (migrations: readonly Migration[], applied: readonly number[], where: string): Migration[] => {
  const known = Math.max(...migrations.map(({ number }) => number))
  const newest = Math.max(0, ...applied)
  if (newest > known)
    throw new Error(
      `The control store ${where} was written by a newer Rollcall: it is at step ${newest}, and this program knows steps up to ${known}. Start the newer version, or put back a copy from before the upgrade.`,
    )
  return migrations.filter(({ number }) => !applied.includes(number))
}
