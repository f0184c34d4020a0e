import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type Format, isFormat } from '../../core/format.ts'
import type { Secret } from '../../core/secret.ts'

const PURPOSE = 'rollcall: links to files'

/** What a link opens, and until when, in epoch milliseconds. */
export interface Linked {
  readonly tenantId: string
  readonly communityId: string
  readonly jobId: string
  readonly until: number
  /** Set when it is a file of a run, whose id stands for the job's. */
  readonly format?: Format
}

/** A file opened to be read. */
export interface OpenedFile {
  readonly body: Readable
  readonly bytes: number
  readonly name: string
  readonly media: string
}

/** Signs links to files, so that who has one needs no key; nobody can make one, or change what it opens. */
export interface Links {
  sign(linked: Linked): string
  /** What a token opens; undefined when it was not signed here. Whether it has expired is its reader's to say. */
  read(token: string): Linked | undefined
}

/** @param masterKey the same in every process, so that any of them opens a link */
export const createLinks = (masterKey: Secret): Links => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.reveal(), '', PURPOSE, 32))
  const mac = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')
  return {
    sign({ tenantId, communityId, jobId, until, format }) {
      const says = [tenantId, communityId, jobId, until, ...(format === undefined ? [] : [format])]
      const text = Buffer.from(JSON.stringify(says)).toString('base64url')
      return `${text}.${mac(text)}`
    },
    read(token) {
      const [text = '', signature = '', ...more] = token.split('.')
      // Compared as texts: two spellings of base64url can mean the same bytes, and only the one we gave opens a file.
      const sent = Buffer.from(signature)
      const good = Buffer.from(mac(text))
      if (more.length > 0 || sent.length !== good.length || !timingSafeEqual(sent, good)) return undefined
      const [tenantId, communityId, jobId, until, format] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [
        string,
        string,
        string,
        number,
        unknown?,
      ]
      return { tenantId, communityId, jobId, until, ...(isFormat(format) ? { format } : {}) }
    },
  }
}
