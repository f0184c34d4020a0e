import { createWriteStream } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Log } from '../core/log.ts'
import type { Courier } from '../ports/courier.ts'
import type { Files } from '../ports/files.ts'
import { compose } from './email.ts'

/** Without a mail server: each e-mail becomes a file that any mail program opens, and the log says where. */
export const createOutbox = (options: {
  readonly folder: string
  readonly from: string
  readonly files: Files
  readonly log: Log
}): Courier => ({
  channel: 'email',
  async deliver(letter) {
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({ streamTransport: true, buffer: false, newline: 'windows' })
    const { message } = await transport.sendMail(await compose(letter, options.from, options.files))
    // The same letter again replaces its file, as its message id says that it is the same.
    const file = join(options.folder, `${letter.messageId.replace(/@.*$/, '').replace(/[^A-Za-z0-9-]/g, '_')}.eml`)
    await pipeline(message as Readable, createWriteStream(`${file}.part`, { mode: 0o600 }))
    await rename(`${file}.part`, file)
    options.log('info', 'An e-mail was put into the outbox folder, since no mail server is set', { file })
  },
  async [Symbol.asyncDispose]() {},
})
