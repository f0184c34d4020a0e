import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { decryptText, encryptText } from '../../core/envelope-cipher.ts'
import { openPair, type Pair, readPrivateKey, readPublicKey } from '../../core/envelope-keys.ts'
import { Fault } from '../../core/fault.ts'
import { readInstant } from '../../core/instant.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import type { Cell, Column, Row } from '../../core/table.ts'

/** Which service has which of our reports, and the last part of its address there. */
const places: Readonly<Record<string, { readonly service: string; readonly path: string }>> = {
  'role-assignments': { service: 'adminconsole', path: 'role_assignments' },
  'hardware-tokens': { service: 'adminconsole', path: 'hardware_tokens' },
  'hardware-token-users': { service: 'adminconsole', path: 'user_hardwaretokens' },
  'verification-sessions': { service: 'idproofing', path: 'verification_sessions' },
}

/** Reports whose rows another service has: the operator named it, and it is asked in place of our own store. */
export interface RemoteReports {
  has(report: string): boolean
  /**
   * One page of a report, its cells by the report's columns; what the service does not say is empty.
   * @throws Fault `engine-away` when it does not answer in time, after some tries; `conflict` when it refuses
   */
  page(
    realm: Realm,
    report: Report,
    params: Readonly<Record<string, unknown>>,
    page: { readonly skip: number; readonly size: number },
    signal?: AbortSignal,
  ): Promise<{ readonly rows: readonly Row[]; readonly total: number }>
}

export interface RemoteReportsOptions {
  /** Addresses by the name of the service. */
  readonly sources: Readonly<Record<string, string>>
  /** The licence key that is shown to them. */
  readonly licence: string
  readonly now: () => number
  /** How long one request may take. */
  readonly timeoutMs: number
  /** How long is waited before each further try; as many tries more. */
  readonly waitsMs: readonly number[]
}

const MOST_BYTES = 64 * 1_048_576

const newPair = (): Pair => {
  for (;;) {
    const key = readPrivateKey(randomBytes(32))
    if (key) return openPair(key)
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const nothing = (column: Column): Cell =>
  column.nullable ? null : column.kind === 'text' || column.kind === 'json' ? '' : 0

/** A value of the other service as a cell of ours. */
const cellOf = (column: Column, value: unknown): Cell => {
  if (value === null || value === undefined) return nothing(column)
  if (column.kind === 'instant') return readInstant(value) ?? nothing(column)
  if (column.kind === 'text' || column.kind === 'json')
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  return typeof value === 'number' || typeof value === 'boolean' ? value : nothing(column)
}

const away = (service: string, why: string): Fault =>
  new Fault('engine-away', { retryAfterSeconds: 30 }, `The service ${service}, which has these rows, ${why}`)

const refusal = (service: string, why: string): Fault =>
  new Fault(
    'conflict',
    { what: service, id: '', why: 'source' },
    `The service ${service}, which has these rows, ${why}`,
  )

/** Reads text of bounded length. */
const readText = async (response: Response): Promise<string> => {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > MOST_BYTES) throw new Error('answered too much')
  }
  return text + decoder.decode()
}

/**
 * Asks other services for the rows of reports, as a client of theirs: three encrypted headers, and a body and an answer
 * encrypted under the key that both sides agree on.
 */
export const createRemoteReports = (options: RemoteReportsOptions): RemoteReports => {
  const { sources, licence, now, timeoutMs } = options
  const placeOf = (report: string) => {
    const place = Object.hasOwn(places, report) ? places[report] : undefined
    const address = place && Object.hasOwn(sources, place.service) ? sources[place.service] : undefined
    return place && address ? { ...place, address: address.replace(/\/+$/, '') } : undefined
  }

  /** One request that is tried again while the service does not answer; what it refuses is not. */
  const tried = async (
    service: string,
    url: string,
    init: () => RequestInit,
    signal?: AbortSignal,
  ): Promise<unknown> => {
    for (let tries = 0; ; tries++) {
      let why: string
      try {
        const limits = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]
        const response = await fetch(url, { ...init(), redirect: 'error', signal: AbortSignal.any(limits) })
        const text = await readText(response)
        if (response.ok) return JSON.parse(text)
        if (response.status < 500 && response.status !== 429) throw refusal(service, `refused with ${response.status}`)
        why = `answered ${response.status}`
      } catch (error) {
        if (error instanceof Fault || signal?.aborted) throw error
        why =
          error instanceof SyntaxError
            ? 'answered what is no JSON'
            : error instanceof Error && error.name === 'TimeoutError'
              ? `did not answer within ${timeoutMs / 1_000} seconds`
              : 'could not be reached'
      }
      const wait = options.waitsMs[tries]
      if (wait === undefined) throw away(service, why)
      await delay(wait, undefined, signal ? { signal } : {})
    }
  }

  /** The key that is shared with a service, agreed on anew for each page. */
  const agree = async (service: string, address: string, signal?: AbortSignal) => {
    const told = await tried(service, `${address}/publickeys`, () => ({}), signal)
    const point = isObject(told) && typeof told.publicKey === 'string' ? readPublicKey(told.publicKey) : undefined
    if (!point) throw refusal(service, 'tells no public key')
    const pair = newPair()
    return { publicKey: pair.publicKey, shared: pair.agree(point) }
  }

  return {
    has: (report) => placeOf(report) !== undefined,

    async page(realm: Realm, report: Report, params, { skip, size }, signal) {
      const place = placeOf(report.id)
      if (!place) throw new Error(`No other service has ${report.id}`)
      const { service, address, path } = place
      const { publicKey, shared } = await agree(service, address, signal)
      const ids = [realm.tenantId, realm.communityId].map(encodeURIComponent)
      const request = (): RequestInit => ({
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          publickey: publicKey,
          licensekey: encryptText(shared, licence),
          requestid: encryptText(
            shared,
            JSON.stringify({ appid: 'rollcall', uuid: randomUUID(), ts: Math.floor(now() / 1_000) }),
          ),
        },
        body: JSON.stringify({ data: encryptText(shared, JSON.stringify({ query: params, skip, size })) }),
      })
      const url = `${address}/tenant/${ids[0]}/community/${ids[1]}/${path}`
      const told = await tried(service, url, request, signal)
      const plain = isObject(told) && typeof told.data === 'string' ? decryptText(shared, told.data) : undefined
      if (plain === undefined) throw refusal(service, 'answered nothing that can be decrypted')
      const answer = parsed(plain)
      if (!isObject(answer) || !Array.isArray(answer.rows) || !answer.rows.every(isObject))
        throw refusal(service, 'answered no rows')
      const rows = answer.rows
        .slice(0, size)
        .map(
          (row): Row =>
            Object.fromEntries(
              Object.entries(report.columns).map(([name, column]) => [name, cellOf(column, row[name])]),
            ),
        )
      const total = typeof answer.total === 'number' && answer.total >= 0 ? answer.total : skip + rows.length
      return { rows, total }
    },
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
