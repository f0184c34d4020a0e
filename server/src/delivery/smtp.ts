import { readFileSync } from 'node:fs'
import { type Courier, NotTaken } from '../ports/courier.ts'
import type { Files } from '../ports/files.ts'
import { compose } from './email.ts'

export interface SmtpOptions {
  /** `smtp(s)://user:password@host:port?ca=<file>`; `smtp` upgrades by STARTTLS; `ca` is trusted in place of the public ones. */
  readonly url: string
  readonly from: string
  readonly files: Files
}

/** What nodemailer tells of a failure. */
interface SmtpError extends Error {
  readonly code?: string
  readonly originalCode?: string
  readonly timeoutType?: string
  readonly responseCode?: number
}

const isLocal = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)

/** Failures of a connection that never stood, so that nothing can have gone over it. */
const neverConnected: ReadonlySet<string> = new Set([
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'EDNS',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETLS',
  'GREETING_TIMEOUT',
])

/**
 * Whether the server surely did not take the letter: it said so, or the connection never stood. A connection that broke
 * later leaves it open.
 */
const judge = (error: SmtpError): unknown => {
  const said = error.message.replace(/\p{Cc}+/gu, ' ')
  if (error.responseCode !== undefined && error.responseCode >= 400)
    return new NotTaken(`The mail server refused it: ${said}`, error.responseCode < 500, { cause: error })
  if (error.code === 'EENVELOPE') return new NotTaken(`The mail server does not take this address: ${said}`, false)
  if (error.code === 'EAUTH') return new NotTaken(`The mail server does not accept the login: ${said}`, true)
  const codes = [error.code, error.originalCode, error.timeoutType]
  if (codes.some((code) => code !== undefined && neverConnected.has(code)))
    return new NotTaken(`The mail server cannot be reached: ${said}`, true, { cause: error })
  return error
}

/** Sends e-mail over SMTP, always encrypted unless the server is on this machine. */
export const createSmtp = ({ url, from, files }: SmtpOptions): Courier => {
  const { hostname, port, protocol, username, password, searchParams } = new URL(url)
  const authority = searchParams.get('ca')
  const options = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'smtps:' ? 465 : 587) : Number(port),
    secure: protocol === 'smtps:',
    requireTLS: !isLocal(hostname),
    ...(authority === null ? {} : { tls: { ca: readFileSync(authority) } }),
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  }
  return {
    channel: 'email',
    async deliver(letter, patienceMs) {
      // A connection each: what goes out is little, and a kept one may have died unnoticed.
      const part = Math.floor(patienceMs / 4)
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({
        ...options,
        connectionTimeout: part,
        greetingTimeout: part,
        dnsTimeout: part,
        socketTimeout: part,
      })
      try {
        await transport.sendMail(await compose(letter, from, files))
      } catch (error) {
        throw error instanceof Error ? judge(error) : error
      } finally {
        transport.close()
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}
