import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'

/** Why a data folder cannot be used, and what to do about it. */
export const explainDataFolder = (folder: string, error: unknown): { readonly said: string; readonly todo: string } => {
  const { code, message } = error as NodeJS.ErrnoException
  const said = `The data folder ${folder} cannot be used`
  return code === 'EEXIST' || code === 'ENOTDIR'
    ? {
        said: `${said}: a file stands in its place, or in that of a folder above it.`,
        todo: 'Move that file away, or set ROLLCALL_DATA to another folder.',
      }
    : {
        said: `${said}: ${message}.`,
        todo: 'Give this account the right to write there, or set ROLLCALL_DATA to another folder.',
      }
}

/**
 * Makes the data folder where it is missing; answers its whole path. Others may pass through, so that the engine's low
 * account reaches its own folder; files here are the owner's only.
 * @throws Error with a sentence when it cannot be made or written
 */
export const openDataFolder = async (named: string): Promise<string> => {
  const folder = resolve(named)
  try {
    await mkdir(folder, { recursive: true, mode: 0o711 })
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return folder
  } catch (error) {
    const { said, todo } = explainDataFolder(folder, error)
    throw new Error(`${said} ${todo}`, { cause: error })
  }
}
