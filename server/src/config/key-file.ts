import { randomBytes } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { Secret } from '../core/secret.ts'

/** A key and where it came from; `made` says that it was made just now. */
export interface KeptKey {
  readonly key: Secret
  /** A path, or the name of the setting. */
  readonly place: string
  readonly made: boolean
}

const missing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Reads a key from its setting, else from its file, else makes it and keeps it there, readable by its owner only. */
export const keepKey = async (set: string | undefined, setting: string, file: string): Promise<KeptKey> => {
  if (set !== undefined) return { key: new Secret(set), place: setting, made: false }
  try {
    const key = (await readFile(file, 'utf8')).trim()
    if (key.length < 16)
      throw new Error(`${file} holds no usable key; restore it, or remove it to have a new one made.`)
    return { key: new Secret(key), place: file, made: false }
  } catch (error) {
    if (!missing(error)) throw error
  }
  const key = `rk_${randomBytes(32).toString('base64url')}`
  await writeFile(file, `${key}\n`, { mode: 0o600, flag: 'wx' })
  await chmod(file, 0o600)
  return { key: new Secret(key), place: file, made: true }
}
