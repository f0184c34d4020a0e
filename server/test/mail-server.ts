import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** A mail server that keeps what it takes. */
export interface MailServer extends AsyncDisposable {
  readonly url: string
  /** What was taken, in order. */
  readonly mails: readonly ParsedMail[]
  /** Recipients that are refused from now on, with a permanent answer. */
  refuse(address: string): void
}

/** Starts a real SMTP server on a free port of this machine. */
export const startMailServer = async (): Promise<MailServer> => {
  const mails: ParsedMail[] = []
  const refused = new Set<string>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo({ address }, _session, done) {
      if (refused.has(address)) done(Object.assign(new Error('No such mailbox'), { responseCode: 550 }))
      else done()
    },
    onData(stream, _session, done) {
      simpleParser(stream, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true })
        .then((mail) => {
          mails.push(mail)
          done()
        })
        .catch(done)
    },
  })
  // A client that is killed breaks its connection.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port')
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    refuse: (one) => refused.add(one),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
