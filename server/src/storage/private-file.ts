import { chmodSync, closeSync, openSync } from 'node:fs'

const OWNER_ONLY = 0o600

/**
 * Makes a file that its owner alone may read and write, or takes those rights from others when it is there. An
 * existing one is not opened: closing it again would end this process's locks on it.
 */
export const makePrivate = (file: string): void => {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    chmodSync(file, OWNER_ONLY)
  }
}
