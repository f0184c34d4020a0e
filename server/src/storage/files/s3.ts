import { Readable } from 'node:stream'
import type { Files } from '../../ports/files.ts'
import { checkName, placeOf } from './place.ts'

/** Parts of an upload; two at a time, so that so much memory goes twice. */
const PART_BYTES = 8 * 1024 * 1024

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode

/** What `s3://bucket/prefix?endpoint=...&region=...&pathStyle=true` says. */
export const readS3Url = (url: string) => {
  const { hostname, pathname, searchParams, username, password } = new URL(url)
  return {
    bucket: hostname,
    prefix: pathname.replace(/^\/+|\/+$/g, ''),
    endpoint: searchParams.get('endpoint') ?? undefined,
    region: searchParams.get('region') ?? 'us-east-1',
    pathStyle: searchParams.get('pathStyle') === 'true',
    login:
      username === ''
        ? undefined
        : { accessKeyId: decodeURIComponent(username), secretAccessKey: decodeURIComponent(password) },
  }
}

/** Files in a bucket; the client and its many modules are loaded only for those who use one. */
export const openS3 = async (url: string): Promise<Files> => {
  const [
    { S3Client, GetObjectCommand, HeadObjectCommand, DeleteObjectCommand, HeadBucketCommand, paginateListObjectsV2 },
    { Upload },
  ] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')])
  const { bucket, prefix, endpoint, region, pathStyle, login } = readS3Url(url)
  const client = new S3Client({
    region,
    forcePathStyle: pathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(login ? { credentials: login } : {}),
    // Stores that only speak S3's older form refuse the checksums that newer clients add.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  /** What the keys of a realm's files begin with. */
  const under = (realm: Parameters<Files['size']>[0]): string =>
    `${prefix === '' ? '' : `${prefix}/`}${placeOf(realm)}/`
  const at = (realm: Parameters<Files['size']>[0], name: string) => ({
    Bucket: bucket,
    Key: `${under(realm)}${checkName(name)}`,
  })
  const orMissing = async <T>(asking: Promise<T>): Promise<T | undefined> => {
    try {
      return await asking
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  }

  return {
    async write(realm, name, body, signal) {
      signal?.throwIfAborted()
      let bytes = 0
      const counted = async function* () {
        for await (const chunk of body) {
          signal?.throwIfAborted()
          bytes += chunk.byteLength
          yield chunk
        }
      }
      const upload = new Upload({
        client,
        partSize: PART_BYTES,
        queueSize: 2,
        params: { ...at(realm, name), Body: Readable.from(counted(), { objectMode: false }) },
      })
      const abort = (): void => void upload.abort()
      signal?.addEventListener('abort', abort, { once: true })
      try {
        await upload.done()
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      } finally {
        signal?.removeEventListener('abort', abort)
      }
      return bytes
    },

    async read(realm, name) {
      const found = await orMissing(client.send(new GetObjectCommand(at(realm, name))))
      return found?.Body instanceof Readable ? { body: found.Body, bytes: found.ContentLength ?? 0 } : undefined
    },

    async size(realm, name) {
      return (await orMissing(client.send(new HeadObjectCommand(at(realm, name)))))?.ContentLength
    },

    async remove(realm, name) {
      await client.send(new DeleteObjectCommand(at(realm, name)))
    },

    async clear(realm) {
      // One by one: stores that only speak S3's older form want a checksum for a list of keys.
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: under(realm) }))
        for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))
    },

    async ping() {
      return client.send(new HeadBucketCommand({ Bucket: bucket })).then(
        () => true,
        () => false,
      )
    },

    async [Symbol.asyncDispose]() {
      client.destroy()
    },
  }
}
