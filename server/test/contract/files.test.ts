import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mintRealm } from '../../src/core/realm.ts'
import type { Files } from '../../src/ports/files.ts'
import { openFiles } from '../../src/storage/files/open.ts'
import { startS3 } from '../s3.ts'

const realm = mintRealm('t/../x', '..')
const other = mintRealm('t', 'd')

const onDisk = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-files-'))
  const files = await openFiles({ url: undefined, folder })
  return {
    files,
    folder,
    async [Symbol.asyncDispose]() {
      await files[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const inBucket = async () => {
  await using stack = new AsyncDisposableStack()
  const { url } = stack.use(await startS3())
  const files = stack.use(await openFiles({ url, folder: '' }))
  const owned = stack.move()
  return { files, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function* inChunks(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

const contentOf = async (files: Files, name: string): Promise<string | undefined> => {
  const found = await files.read(realm, name)
  return found && (await buffer(found.body)).toString()
}

for (const [place, open] of [
  ['a folder', onDisk],
  ['S3', inBucket],
] as const)
  describe(`files in ${place}`, () => {
    let opened: AsyncDisposable & { readonly files: Files }
    let files: Files
    beforeAll(async () => {
      opened = await open()
      files = opened.files
    })
    afterAll(() => opened[Symbol.asyncDispose]())

    test('a file is read as it was written, in its realm only, until it is removed', async () => {
      expect(await files.ping()).toBe(true)
      expect(await files.write(realm, 'a-1.csv', inChunks('one,', 'two\r\n', 'ü'))).toBe(11)
      expect(await contentOf(files, 'a-1.csv')).toBe('one,two\r\nü')
      expect(await files.size(realm, 'a-1.csv')).toBe(11)
      expect((await files.read(realm, 'a-1.csv'))?.bytes).toBe(11)
      expect(await files.size(other, 'a-1.csv')).toBeUndefined()
      expect(await files.read(other, 'a-1.csv')).toBeUndefined()
      await files.write(realm, 'a-1.csv', inChunks('again'))
      expect(await contentOf(files, 'a-1.csv')).toBe('again')
      await files.remove(realm, 'a-1.csv')
      await files.remove(realm, 'a-1.csv')
      expect(await files.size(realm, 'a-1.csv')).toBeUndefined()
    })

    test('what is longer than one part arrives whole', async () => {
      const chunk = randomBytes(3 * 1024 * 1024)
      expect(await files.write(realm, 'long.bin', inChunks(chunk, chunk, chunk, chunk))).toBe(12 * 1024 * 1024)
      const found = await files.read(realm, 'long.bin')
      if (!found) throw new Error('It is not there')
      expect((await buffer(found.body)).equals(Buffer.concat([chunk, chunk, chunk, chunk]))).toBe(true)
    })

    test('nothing is there of a file whose writing failed or was stopped', async () => {
      async function* breaking(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('half')
        throw new Error('The source broke')
      }
      await expect(files.write(realm, 'broken.csv', breaking())).rejects.toThrow('The source broke')
      const stop = new AbortController()
      async function* stopping(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('half')
        stop.abort()
        yield Buffer.from('more')
      }
      await expect(files.write(realm, 'stopped.csv', stopping(), stop.signal)).rejects.toThrow()
      expect(await files.size(realm, 'broken.csv')).toBeUndefined()
      expect(await files.size(realm, 'stopped.csv')).toBeUndefined()
    })

    test('all of a realm go at once, and none of another', async () => {
      const names = Array.from({ length: 30 }, (_, at) => `all-${at}.csv`)
      for (const name of names) await files.write(realm, name, inChunks(name))
      await files.write(other, 'all-1.csv', inChunks('mine'))
      await files.clear(realm)
      await files.clear(realm)
      expect(await Promise.all(names.map((name) => files.size(realm, name)))).toEqual(names.map(() => undefined))
      expect(await files.size(other, 'all-1.csv')).toBe(4)
      expect(await files.write(realm, 'all-1.csv', inChunks('new'))).toBe(3)
    })

    test('takes no name that leads elsewhere', async () => {
      for (const name of ['', '.', '../a', 'a/b', '.a', 'a\0', 'a b'])
        await expect(files.write(realm, name, inChunks('x'))).rejects.toThrow(/is no name of a file/)
    })
  })

test('files in a folder are their owner’s only, and none is left half written', async () => {
  await using opened = await onDisk()
  await opened.files.write(realm, 'a.csv', inChunks('x'))
  const [place = ''] = await readdir(opened.folder)
  expect(await readdir(join(opened.folder, place))).toEqual(['a.csv'])
  expect((await stat(join(opened.folder, place, 'a.csv'))).mode & 0o777).toBe(0o600)
})
