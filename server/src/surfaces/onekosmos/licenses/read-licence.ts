import type { App } from '../../../app/app.ts'
import type { Issue } from '../../../core/fault.ts'
import { inspectEvent } from '../../../core/json-text.ts'
import type { Channel } from '../envelope/channel.ts'
import { readTimestamp } from '../events/event-time.ts'
import { bodyIssue, emptyField, type SentJson } from '../json-body.ts'

type Fields = Readonly<Record<string, unknown>>
type NewLicence = Parameters<App['licences']['put']>[1]
type Grant = Parameters<App['licences']['authorise']>[1]

const LONGEST = 512
const LEAST_SECRET = 16
const authLevels: ReadonlySet<string> = new Set(['system', 'service', 'tenant', 'community'])
const isAuthLevel = (text: string): text is NonNullable<NewLicence['authLevel']> => authLevels.has(text)

/** The fields of a body: encrypted as text in `data`, or as they are where plain bodies are taken. */
export const readFields = (
  sent: SentJson | null,
  channel: Channel | undefined,
  plain: boolean,
  issues: Issue[],
): Fields => {
  if (!sent) return {}
  if (!sent.ok) {
    issues.push(sent.issue)
    return {}
  }
  const { data } = sent.value
  if (typeof data !== 'string') {
    if (!plain) issues.push(bodyIssue('data', 'sealed', 'This field should be encrypted'))
    return sent.value
  }
  const text = channel?.decrypt(data)
  const limits = { bytes: 1_048_576, depth: 16, keys: 1_000, nameLength: LONGEST }
  const found = text === undefined ? undefined : inspectEvent(text, limits)
  if (found?.ok) return found.value
  if (channel)
    issues.push(
      bodyIssue('data', 'sealed', found ? 'This field should hold a JSON object' : "This field can't be decrypted"),
    )
  return {}
}

const sentOf = (fields: Fields, name: string): unknown => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return value === null || value === '' ? undefined : value
}

const readText = (fields: Fields, name: string, issues: Issue[], required = false): string | undefined => {
  const sent = sentOf(fields, name)
  if (sent === undefined) {
    if (required) issues.push(emptyField(name))
    return undefined
  }
  if (typeof sent !== 'string') issues.push(bodyIssue(name, 'type', 'This field should be a string'))
  else if (sent.trim() === '') issues.push(emptyField(name))
  else if (sent.length > LONGEST)
    issues.push(bodyIssue(name, 'size', `This field should not exceed ${LONGEST} characters`))
  else if (/\p{Cc}/u.test(sent) || !sent.isWellFormed())
    issues.push(bodyIssue(name, 'format', 'This field holds characters that are not text'))
  else return sent
  return undefined
}

const readFlag = (fields: Fields, name: string, issues: Issue[]): boolean | undefined => {
  const sent = sentOf(fields, name)
  if (sent === undefined || typeof sent === 'boolean') return sent
  issues.push(bodyIssue(name, 'type', 'This field should be true or false'))
  return undefined
}

const readExpiry = (fields: Fields, issues: Issue[]): number | undefined => {
  const sent = sentOf(fields, 'expiry')
  if (sent === undefined) return undefined
  const at = readTimestamp(sent)
  if (at === undefined) issues.push(bodyIssue('expiry', 'format', 'This field should be a date, ISO 8601 for instance'))
  return at
}

const readModules = (fields: Fields, issues: Issue[]): string | undefined => {
  const sent = sentOf(fields, 'modules')
  if (sent === undefined) return undefined
  if (typeof sent === 'object' && !Array.isArray(sent)) return JSON.stringify(sent)
  issues.push(bodyIssue('modules', 'type', 'This field should be an object'))
  return undefined
}

/** Reads a licence to keep; undefined, with issues, when something is wrong with it. */
export const readLicence = (fields: Fields, issues: Issue[]): NewLicence | undefined => {
  const tag = readText(fields, 'tag', issues, true)
  const keyId = readText(fields, 'keyId', issues, true)
  const keySecret = readText(fields, 'keySecret', issues, true)
  if (keySecret !== undefined && keySecret.length < LEAST_SECRET)
    issues.push(bodyIssue('keySecret', 'size', `This field should have at least ${LEAST_SECRET} characters`))
  const description = readText(fields, 'description', issues)
  const disabled = readFlag(fields, 'disabled', issues)
  const expiry = readExpiry(fields, issues)
  const authLevel = readText(fields, 'authLevel', issues)
  if (authLevel !== undefined && !isAuthLevel(authLevel))
    issues.push(bodyIssue('authLevel', 'range', 'This field should be system, service, tenant or community'))
  const modules = readModules(fields, issues)
  if (issues.length > 0 || tag === undefined || keyId === undefined || keySecret === undefined) return undefined
  return {
    tag,
    keyId,
    keySecret,
    ...(description === undefined ? {} : { description }),
    ...(disabled === undefined ? {} : { disabled }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(authLevel !== undefined && isAuthLevel(authLevel) ? { authLevel } : {}),
    ...(modules === undefined ? {} : { modules }),
  }
}

/** Reads for which community a licence is to be good; undefined, with issues, when something is wrong. */
export const readGrant = (fields: Fields, issues: Issue[]): Grant | undefined => {
  const keyTag = readText(fields, 'keyTag', issues, true)
  const communityId = readText(fields, 'communityId', issues, true)
  const isAuthorized = readFlag(fields, 'isAuthorized', issues) ?? true
  const expiry = readExpiry(fields, issues)
  readText(fields, 'communityName', issues)
  if (issues.length > 0 || keyTag === undefined || communityId === undefined) return undefined
  return { keyTag, communityId, isAuthorized, ...(expiry === undefined ? {} : { expiry }) }
}
