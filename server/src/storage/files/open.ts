import type { Files } from '../../ports/files.ts'
import { openDisk } from './disk.ts'
import { openS3 } from './s3.ts'

/** Opens the file store: `s3://bucket/prefix`, or a folder. */
export const openFiles = (place: { readonly url: string | undefined; readonly folder: string }): Promise<Files> =>
  place.url === undefined ? openDisk(place.folder) : openS3(place.url)
