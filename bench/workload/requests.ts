import { randomUUID } from 'node:crypto'
import { newPair, seal, sharedKey } from '../../server/test/surfaces/onekosmos/client.ts'
import { eventOf } from './event.ts'

/** Where events are sent to, and in which form. */
export type Target = {
  readonly port: number
  readonly realm: { readonly tenantId: string; readonly communityId: string }
  readonly licence: string
  /** It keeps nothing, so that requests may be sent again; otherwise a run ends when they are used up. */
  readonly forgets?: boolean
} & ({ readonly form: 'sealed'; readonly serviceKey: string } | { readonly form: 'plain' })

/** Senders of one run; each has a key pair of its own. */
const SENDERS = 8

const head = (target: Target, name: string, length: number, headers: string): string =>
  `PUT /events/tenant/${target.realm.tenantId}/community/${target.realm.communityId}/event/${name} HTTP/1.1\r\n` +
  `host: 127.0.0.1:${target.port}\r\nconnection: keep-alive\r\ncontent-type: application/json\r\ncharset: utf-8\r\n` +
  `${headers}content-length: ${length}\r\n\r\n`

/**
 * Prepares distinct requests, each an event with an id of its own. Sealed ones carry the three headers and a body,
 * every part encrypted under an IV of its own; their clock is set to the middle of the time in which they are sent.
 */
export const prepareRequests = (target: Target, run: string, count: number, seconds: number): Uint8Array[] => {
  const at = Date.now()
  const bytes = (name: string, body: string, headers: string): Uint8Array =>
    Buffer.from(head(target, name, Buffer.byteLength(body), headers) + body)
  if (target.form === 'plain')
    return Array.from({ length: count }, (_, n) => {
      const event = eventOf(run, n, at)
      return bytes(event.name, event.json, `licensekey: ${target.licence}\r\n`)
    })
  const senders = Array.from({ length: SENDERS }, () => {
    const pair = newPair()
    return { publicKey: pair.publicKey, shared: sharedKey(pair, target.serviceKey) }
  })
  const ts = Math.floor(at / 1000 + seconds / 2)
  return Array.from({ length: count }, (_, n) => {
    const { publicKey, shared } = senders[n % SENDERS] as (typeof senders)[number]
    const event = eventOf(run, n, at)
    const requestId = JSON.stringify({ ts, appid: 'com.example.bench', uuid: randomUUID() })
    const headers =
      `licensekey: ${seal(shared, target.licence)}\r\nrequestid: ${seal(shared, requestId)}\r\n` +
      `publickey: ${publicKey}\r\n`
    return bytes(event.name, `{"data":"${seal(shared, event.json)}"}`, headers)
  })
}
