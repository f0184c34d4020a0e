import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Its package has no types. */
const S3rver = createRequire(import.meta.url)('s3rver') as new (
  options: object,
) => {
  configureBuckets(): Promise<void>
  callback(): RequestListener
}

/** A store that speaks S3, with one empty bucket. */
export const startS3 = async (): Promise<AsyncDisposable & { readonly url: string }> => {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-s3-'))
  const store = new S3rver({ directory, silent: true, configureBuckets: [{ name: 'rollcall', configs: [] }] })
  await store.configureBuckets()
  const server = createServer(store.callback())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `s3://S3RVER:S3RVER@rollcall/files?endpoint=http://127.0.0.1:${port}&pathStyle=true`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(directory, { recursive: true, force: true })
    },
  }
}
