import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Files } from '../../ports/files.ts'
import { checkName, placeOf } from './place.ts'

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Files in a folder, readable by their owner only. */
export const openDisk = async (folder: string): Promise<Files> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const pathOf = (realm: Parameters<Files['size']>[0], name: string): string =>
    join(folder, placeOf(realm), checkName(name))

  const files: Files = {
    async write(realm, name, body, signal) {
      const target = pathOf(realm, name)
      await mkdir(join(folder, placeOf(realm)), { recursive: true, mode: 0o700 })
      const unfinished = `${target}.${randomUUID()}.part`
      try {
        let bytes = 0
        await using file = await open(unfinished, 'wx', 0o600)
        for await (const chunk of body) {
          signal?.throwIfAborted()
          await file.writeFile(chunk)
          bytes += chunk.byteLength
        }
        signal?.throwIfAborted()
        await file.sync()
        await rename(unfinished, target)
        return bytes
      } catch (error) {
        await rm(unfinished, { force: true })
        throw error
      }
    },

    async read(realm, name) {
      const bytes = await files.size(realm, name)
      return bytes === undefined ? undefined : { body: createReadStream(pathOf(realm, name)), bytes }
    },

    async size(realm, name) {
      try {
        return (await stat(pathOf(realm, name))).size
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },

    remove: (realm, name) => rm(pathOf(realm, name), { force: true }),

    clear: (realm) => rm(join(folder, placeOf(realm)), { recursive: true, force: true }),

    async ping() {
      return access(folder).then(
        () => true,
        () => false,
      )
    },

    async [Symbol.asyncDispose]() {},
  }
  return files
}
