import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mintRealm } from '../core/realm.ts'
import type { Letter } from '../ports/courier.ts'
import { createWebhook } from './webhook.ts'

const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const heard: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = []
const answer: Record<string, (response: ServerResponse) => void> = {
  '/ok': (response) => response.writeHead(204).end(),
  '/moved': (response) => response.writeHead(307, { location: '/ok' }).end(),
  '/gone': (response) => response.writeHead(410).end(),
  '/no': (response) => response.writeHead(400).end(),
  '/busy': (response) => response.writeHead(429).end(),
  '/broken': (response) => response.writeHead(500).end(),
  '/silent': () => undefined,
  '/endless': (response) => {
    response.writeHead(200)
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    }
    response.on('drain', more)
    more()
  },
}
let server: Server
let port: number

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      heard.push({ path: request.url ?? '', headers: request.headers, body })
      answer[request.url ?? '']?.(response)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as { port: number }).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const letter = (address: string): Letter => ({
  realm: mintRealm('t', 'c'),
  address,
  messageId: 'msg-1',
  message: { subject: '', text: '', html: '', event: { type: 'report.made', name: 'Zürich' }, secret: 'sub-1' },
})
const call = (address: string, over: Partial<Parameters<typeof createWebhook>[0]> = {}, patienceMs = 60_000) =>
  createWebhook({
    allowPrivate: true,
    secret: async (id) => (id === 'sub-1' ? secret : undefined),
    now: Date.now,
    userAgent: 'Rollcall',
    ...over,
  }).deliver(letter(address), patienceMs)
const here = (path: string, host = '127.0.0.1') => `http://${host}:${port}${path}`
const notTaken = (passing: boolean, words: RegExp) => ({
  name: 'NotTaken',
  passing,
  message: expect.stringMatching(words),
})

describe('a webhook', () => {
  it('is called by POST, with the id of its message, a time and a signature that its receiver can verify', async () => {
    await call(here('/ok'))
    const [one] = heard
    if (!one) throw new Error('nothing was heard')
    expect(one.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': 'msg-1' })
    expect(new Webhook(secret).verify(one.body, one.headers as Record<string, string>)).toEqual({
      type: 'report.made',
      name: 'Zürich',
    })
  })

  it('is not followed elsewhere', async () => {
    heard.length = 0
    await expect(call(here('/moved'))).rejects.toMatchObject(notTaken(false, /redirects are not followed/))
    expect(heard.map(({ path }) => path)).toEqual(['/moved'])
  })

  it.each([
    ['/gone', false, /410/],
    ['/no', false, /answered 400/],
    ['/busy', true, /answered 429/],
    ['/broken', true, /answered 500/],
  ])('that answers %s is tried again only where that may help', async (path, passing, words) => {
    await expect(call(here(path))).rejects.toMatchObject(notTaken(passing, words))
  })

  it('that does not answer, or does not end its answer, holds nobody up', async () => {
    await expect(call(here('/silent'), {}, 200)).rejects.toMatchObject(notTaken(true, /could not be called/))
    await call(here('/endless'))
  })

  it('that is not there is tried again', async () => {
    await expect(call('http://127.0.0.1:1/')).rejects.toMatchObject(notTaken(true, /could not be called/))
  })

  it('without its secret is not called', async () => {
    heard.length = 0
    await expect(call(here('/ok'), { secret: async () => undefined })).rejects.toMatchObject(notTaken(false, /secret/))
    expect(heard).toEqual([])
  })

  it.each([
    '127.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0x7f.1',
    '2130706433',
    '0.0.0.0',
    '169.254.169.254',
    '10.0.0.1',
    '[fd00::1]',
    '[64:ff9b::7f00:1]',
  ])('on %s is refused unless the operator allows it', async (host) => {
    heard.length = 0
    await expect(call(here('/ok', host), { allowPrivate: false })).rejects.toMatchObject(
      notTaken(false, /private network/),
    )
    expect(heard).toEqual([])
  })
})
