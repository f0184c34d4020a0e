import type { Readable } from 'node:stream'
import type { SendMailOptions } from 'nodemailer'
import { type Letter, NotTaken } from '../ports/courier.ts'
import type { Files } from '../ports/files.ts'

/** One line without control characters, so that nothing that somebody wrote can begin another header. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim()

const attach = async (
  letter: Letter,
  files: Files,
): Promise<{ filename: string; content: Readable; contentType: string }[]> => {
  const attached = []
  for (const { name, file, media } of letter.message.attachments ?? []) {
    const found = await files.read(letter.realm, file)
    if (!found) throw new NotTaken(`The file ${name} is not there any more`, false)
    attached.push({ filename: oneLine(name), content: found.body, contentType: oneLine(media) })
  }
  return attached
}

/** A letter as nodemailer takes it. Addresses go as objects, which it never reads as lists or headers. */
export const compose = async (letter: Letter, from: string, files: Files): Promise<SendMailOptions> => ({
  from,
  to: { name: '', address: letter.address },
  envelope: { from: addressIn(from), to: [letter.address] },
  subject: oneLine(letter.message.subject),
  text: letter.message.text,
  html: letter.message.html,
  messageId: `<${letter.messageId}>`,
  attachments: await attach(letter, files),
  headers: { 'Auto-Submitted': 'auto-generated' },
  disableUrlAccess: true,
  disableFileAccess: true,
})

/** The bare address of `Name <address>`. */
export const addressIn = (from: string): string => /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim()
