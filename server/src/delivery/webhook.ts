import { type LookupAddress, lookup as resolve } from 'node:dns'
import { request as plain, type RequestOptions } from 'node:http'
import { request as secure } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { createPublicAddress } from '../core/public-address.ts'
import { type Courier, type Letter, NotTaken } from '../ports/courier.ts'

export interface WebhookOptions {
  /** Whether addresses of this machine and of private networks may be called. */
  readonly allowPrivate: boolean
  /** The secret that signs, by the id that the message names; undefined when it is gone. */
  readonly secret: (id: string) => Promise<string | undefined>
  readonly now: () => number
  readonly userAgent: string
}

/** How long an answer may take, and how much of it is read. */
const ANSWER_MS = 15_000
const ANSWER_BYTES = 65_536

const refused = (host: string): NotTaken =>
  new NotTaken(
    `${host} is an address of this machine or of a private network; set ROLLCALL_WEBHOOK_PRIVATE=true to allow those`,
    false,
  )

/**
 * Looks a name up and lets only public addresses through: what was checked is what is connected to, so that a name
 * cannot point elsewhere in between.
 */
const guardedLookup =
  (isPublic: (address: string) => boolean): LookupFunction =>
  (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '')
      const allowed = addresses.filter(({ address }) => isPublic(address))
      const [first] = allowed
      if (!first || allowed.length < addresses.length) return callback(refused(host), '')
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }

/** What is sent: the body, and the headers of the Standard Webhooks rules. */
const signed = (letter: Letter, secret: string, now: number): { body: string; headers: Record<string, string> } => {
  const body = JSON.stringify(letter.message.event ?? {})
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'webhook-id': letter.messageId,
      'webhook-timestamp': String(Math.floor(now / 1_000)),
      'webhook-signature': new Webhook(secret).sign(letter.messageId, new Date(now), body),
    },
  }
}

/** Whether what was answered may be otherwise later: a server's own trouble, a time-out, too many. */
const passing = (status: number): boolean => status >= 500 || status === 408 || status === 425 || status === 429

const judge = (status: number, location: string | undefined): NotTaken | undefined => {
  if (status >= 200 && status < 300) return undefined
  if (status >= 300 && status < 400)
    return new NotTaken(
      `The webhook answered ${status}${location ? ' to go elsewhere' : ''}; redirects are not followed`,
      false,
    )
  if (status === 410) return new NotTaken('The webhook answered 410: it is gone; remove it from the recipients', false)
  return new NotTaken(`The webhook answered ${status}`, passing(status))
}

const post = (url: URL, options: RequestOptions, body: string): Promise<NotTaken | undefined> =>
  new Promise((resolvePost, reject) => {
    const call = (url.protocol === 'https:' ? secure : plain)(url, options, (answer) => {
      let read = 0
      const done = () => resolvePost(judge(answer.statusCode ?? 0, answer.headers.location))
      answer.on('data', (part: Buffer) => {
        read += part.length
        // Its status was told; nobody needs the rest.
        if (read > ANSWER_BYTES) {
          done()
          answer.destroy()
        }
      })
      answer.on('end', done)
      answer.on('error', reject)
    })
    call.on('error', reject)
    call.end(body)
  })

/**
 * Calls webhooks by the Standard Webhooks rules. A receiver knows a repeat by its id, so that whatever is not surely
 * taken is sent again.
 */
export const createWebhook = (options: WebhookOptions): Courier => {
  const isPublic = createPublicAddress()
  return {
    channel: 'webhook',
    async deliver(letter, patienceMs) {
      const url = new URL(letter.address)
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw new NotTaken('A webhook is called by http or https', false)
      if (!options.allowPrivate && isIP(host) !== 0 && !isPublic(host)) throw refused(host)
      const secret = await options.secret(letter.message.secret ?? '')
      if (secret === undefined) throw new NotTaken('The secret that signs this webhook is not there any more', false)
      const { body, headers } = signed(letter, secret, options.now())
      let said: NotTaken | undefined
      try {
        said = await post(
          url,
          {
            method: 'POST',
            headers: { ...headers, 'user-agent': options.userAgent },
            agent: false,
            signal: AbortSignal.timeout(Math.min(ANSWER_MS, patienceMs)),
            ...(options.allowPrivate ? {} : { lookup: guardedLookup(isPublic) }),
          },
          body,
        )
      } catch (error) {
        if (error instanceof NotTaken) throw error
        const why =
          error instanceof Error
            ? error.name === 'AbortError'
              ? 'it did not answer in time'
              : error.message
            : String(error)
        throw new NotTaken(`The webhook could not be called: ${why}`, true, { cause: error })
      }
      if (said) throw said
    },
    async [Symbol.asyncDispose]() {},
  }
}
