import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { certify } from './certify.ts'

/** A mail server as there are many: encrypted from the start, behind a login. */
export interface Mailbox extends AsyncDisposable {
  /** As the setting has it, its private authority included. */
  readonly url: string
  /** What came, in order; `to` is the envelope's. */
  readonly mails: readonly { readonly to: readonly string[]; readonly raw: string; readonly mail: ParsedMail }[]
  /** Answers an address with a code from now on; 250 takes it again. */
  answer(address: string, code: number): void
}

export const startMailbox = async (): Promise<Mailbox> => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-mail-'))
  const { ca, cert, key } = await certify(folder)
  const mails: { to: readonly string[]; raw: string; mail: ParsedMail }[] = []
  const codes = new Map<string, number>()
  const server = new SMTPServer({
    secure: true,
    cert: await readFile(cert),
    key: await readFile(key),
    onAuth({ username, password }, _session, done) {
      done(username === 'rollcall' && password === 's3cret/+' ? null : new Error('Wrong login'), { user: username })
    },
    onRcptTo({ address }, _session, done) {
      const code = codes.get(address) ?? 250
      done(code === 250 ? null : Object.assign(new Error('Not now'), { responseCode: code }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks).toString()
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw, mail: await simpleParser(raw) })
        done()
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtps://rollcall:${encodeURIComponent('s3cret/+')}@127.0.0.1:${port}?ca=${encodeURIComponent(ca)}`,
    mails,
    answer: (address, code) => void codes.set(address, code),
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
