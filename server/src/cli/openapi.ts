import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compose } from '../compose.ts'
import { loadSettings } from '../config/load.ts'
import { say } from './print.ts'

/** A document as it is kept: the same text wherever and whenever it is written. */
export const documentText = (document: object): string => `${JSON.stringify(document, null, 2)}\n`

/** Writes the OpenAPI document of every surface, out of a server that is started for it, and removes former ones. */
export const writeDocuments = async (folder = new URL('../../openapi/', import.meta.url)): Promise<void> => {
  const data = await mkdtemp(join(tmpdir(), 'rollcall-openapi-'))
  try {
    const settings = loadSettings({ ROLLCALL_DATA: data, ROLLCALL_PORT: '0', ROLLCALL_LOG_LEVEL: 'error' })
    await using rollcall = await compose(settings)
    await mkdir(folder, { recursive: true })
    const names = [...rollcall.http.documents.keys()].map((name) => `${name}.json`)
    for (const old of await readdir(folder)) if (!names.includes(old)) await rm(new URL(old, folder))
    for (const [name, document] of rollcall.http.documents) {
      await writeFile(new URL(`${name}.json`, folder), documentText(document()))
      say(`Wrote ${name}.json`)
    }
  } finally {
    await rm(data, { recursive: true, force: true })
  }
}
