import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makePrivate } from './private-file.ts'

/**
 * Holds a data folder for this process until it is disposed or the process ends, however it ends: the lock is the
 * operating system's, on a file of its own.
 * @throws Error with a sentence when another process holds it
 */
export const lockFolder = (folder: string): Disposable => {
  const path = join(folder, 'lock.db')
  makePrivate(path)
  const file = new DatabaseSync(path)
  try {
    file.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    throw new Error(
      `Another Rollcall process uses the data folder ${folder}. Stop it first, or set ROLLCALL_DATA to another folder.`,
      { cause: error },
    )
  }
  return {
    [Symbol.dispose]() {
      file.close()
    },
  }
}
