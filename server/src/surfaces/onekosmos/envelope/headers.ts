import type { IncomingHttpHeaders } from 'node:http'
import type { Issue } from '../../../core/fault.ts'
import type { Channel, OpenChannel, ServiceKey } from './channel.ts'

/** The three headers of a protected request; the order in which issues are told. */
export const headerNames = ['licensekey', 'requestid', 'publickey'] as const
export type HeaderName = (typeof headerNames)[number]

/** What a request says of itself. */
export interface RequestId {
  readonly appid: string
  readonly uuid: string
  /** Epoch seconds of the caller's clock. */
  readonly ts: number
}

/** What stood in the three headers, with everything that is wrong with them; nothing is answered yet. */
export interface OpenedHeaders {
  readonly issues: readonly Issue[]
  /** The licence key in the clear; undefined when it could not be read. */
  readonly licence: string | undefined
  readonly requestId: RequestId | undefined
  /** Undefined when the caller's public key is missing or wrong. */
  readonly channel: Channel | undefined
}

export interface HeaderRules {
  readonly open: OpenChannel
  /** Epoch milliseconds. */
  readonly now: number
  /** Seconds that the caller's clock may differ, inclusive. */
  readonly allowedTimeSpan: number
}

/** An issue of one of the three headers, in the wording of the live service. */
export const headerIssue = (name: string, rule: string, message: string): Issue => ({
  where: 'header',
  name,
  rule,
  message,
})

const emptyMessage = 'This header should not be empty'
const sealedMessage = "This header can't be decrypted"

type Issues = Partial<Record<HeaderName, Issue>>

const present = (headers: IncomingHttpHeaders, name: HeaderName, issues: Issues): string | undefined => {
  const sent = headers[name]
  // Node joins repeated headers with a comma, which no base64 holds.
  if (Array.isArray(sent) || sent?.includes(',')) {
    issues[name] = headerIssue(name, 'duplicate', 'This header should be sent once')
    return undefined
  }
  const text = sent?.trim() ?? ''
  if (text !== '') return text
  issues[name] = headerIssue(name, 'required', emptyMessage)
  return undefined
}

/** Reads what the caller sealed into a header; undefined when that cannot be read, or when nothing was sent. */
const unseal = (
  channel: Channel | undefined,
  sealed: string | undefined,
  name: HeaderName,
  issues: Issues,
): string | undefined => {
  if (sealed === undefined || !channel) return undefined
  const plain = channel.decrypt(sealed)
  if (plain === undefined) issues[name] = headerIssue(name, 'sealed', sealedMessage)
  else if (plain.trim() === '') issues[name] = headerIssue(name, 'required', emptyMessage)
  else return plain
  return undefined
}

const filled = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/** Reads the JSON inside a requestid: `appid` (or `appId`), `uuid` and `ts` in seconds, near enough to now. */
export const readRequestId = (text: string, rules: Omit<HeaderRules, 'open'>): RequestId | Issue => {
  const refuse = (rule: string, message: string): Issue => headerIssue('requestid', rule, message)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refuse('format', 'This header should be a JSON string with appid, uuid and ts')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('type', 'This header should be a JSON object with appid, uuid and ts')
  const sent = value as Record<string, unknown>
  const appid = filled(sent.appid) ? sent.appid : sent.appId
  if (!filled(appid)) return refuse('required', "This header should contain 'appid' as a string")
  if (!filled(sent.uuid)) return refuse('required', "This header should contain 'uuid' as a string")
  const ts = filled(sent.ts) ? Number(sent.ts) : sent.ts
  if (typeof ts !== 'number' || !Number.isFinite(ts))
    return refuse('required', "This header should contain 'ts' as a number of seconds")
  if (Math.abs(Math.floor(rules.now / 1000) - Math.floor(ts)) > rules.allowedTimeSpan)
    return refuse(
      'range',
      `The 'ts' of this header should be in seconds and not more or less than ${rules.allowedTimeSpan} seconds from now`,
    )
  return { appid, uuid: sent.uuid, ts }
}

/** Reads and decrypts the three headers, collecting what is wrong with each. */
export const openHeaders = (
  headers: IncomingHttpHeaders,
  keys: readonly ServiceKey[],
  rules: HeaderRules,
): OpenedHeaders => {
  const issues: Issues = {}
  const licenceText = present(headers, 'licensekey', issues)
  const requestText = present(headers, 'requestid', issues)
  const callersKey = present(headers, 'publickey', issues)
  const channel = callersKey === undefined ? undefined : rules.open(keys, callersKey)
  if (callersKey !== undefined && !channel) issues.publickey = headerIssue('publickey', 'format', sealedMessage)
  const licence = unseal(channel, licenceText, 'licensekey', issues)
  const plainRequest = unseal(channel, requestText, 'requestid', issues)
  const requestId = plainRequest === undefined ? undefined : readRequestId(plainRequest, rules)
  const wrong = requestId && 'rule' in requestId
  if (wrong) issues.requestid = requestId
  return {
    issues: headerNames.flatMap((name) => issues[name] ?? []),
    licence,
    requestId: wrong ? undefined : requestId,
    channel,
  }
}
