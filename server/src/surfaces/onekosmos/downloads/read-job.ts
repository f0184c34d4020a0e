import type { FastifyRequest } from 'fastify'
import type { Issue } from '../../../core/fault.ts'
import type { Channel } from '../envelope/channel.ts'
import { bodyIssue, emptyField, fieldsOf } from '../json-body.ts'

type Fields = Readonly<Record<string, unknown>>

/** Epoch numbers below this are seconds, as in the rest of the dialect. */
const SECONDS_BELOW = 100_000_000_000

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The fields of a job's body: encrypted in `data`, or in the clear there or at the top, where plain bodies are taken.
 */
export const openJob = (
  request: FastifyRequest,
  channel: Channel | undefined,
  plain: boolean,
  issues: Issue[],
): Fields => {
  const body = fieldsOf(request, issues)
  if (issues.length > 0) return {}
  const { data } = body
  const refuse = (message: string): Fields => {
    issues.push(bodyIssue('data', 'sealed', message))
    return {}
  }
  if (typeof data === 'string') {
    const text = channel?.decrypt(data)
    if (text === undefined) return channel ? refuse("This field can't be decrypted") : {}
    try {
      const value: unknown = JSON.parse(text)
      return isObject(value) ? value : refuse('This field should hold a JSON object')
    } catch {
      return refuse('This field should hold a JSON object')
    }
  }
  if (!plain) return refuse('This field should hold the encrypted object; unencrypted bodies are not taken here')
  if (data === undefined) return body
  return isObject(data) ? data : refuse('This field should hold the encrypted object, or the object itself')
}

const types = {
  string: (value: unknown): boolean => typeof value === 'string',
  number: (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value),
  array: Array.isArray,
} as const

/** What a job has, as the document says; those that are not known yet may be empty, 0 or null. */
const required: readonly (readonly [name: string, type: keyof typeof types, unknown?: true])[] = [
  ['jobId', 'string'],
  ['tenantId', 'string'],
  ['communityId', 'string'],
  ['totalParts', 'number'],
  ['totalCount', 'number'],
  ['status', 'string'],
  ['query', 'array'],
  ['requestedBy', 'string'],
  ['sendNotificationTo', 'array'],
  ['tenantDns', 'string'],
  ['user_id', 'string'],
  ['requestUuid', 'string'],
  ['createdAt', 'number'],
  ['completedAt', 'number', true],
  ['downloadLink', 'string', true],
  ['size', 'number', true],
]

const LONGEST = 256

/** Epoch milliseconds of a time that may be in seconds; null when it is not known. */
export const timeOf = (value: unknown): number | null =>
  typeof value !== 'number' || value <= 0 ? null : Math.floor(value < SECONDS_BELOW ? value * 1000 : value)

const checkTime = (name: string, value: unknown, issues: Issue[]): void => {
  if (typeof value === 'number' && !(value >= 0 && value < Date.UTC(3000, 0, 1)))
    issues.push(bodyIssue(name, 'range', 'Field should be an epoch time'))
}
const checkText = (name: string, value: unknown, longest: number, issues: Issue[]): void => {
  if (typeof value === 'string' && (value.length > longest || value.includes('\0') || !value.isWellFormed()))
    issues.push(bodyIssue(name, 'size', `Field should have at most ${longest} characters, and no NUL`))
}
const checkSize = (value: unknown, issues: Issue[]): void => {
  if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0))
    issues.push(bodyIssue('size', 'range', 'Field should be a whole number of bytes'))
}

/** Everything that is wrong with a new job. */
export const checkJob = (job: Fields, path: { tenantId: string; communityId: string }, issues: Issue[]): void => {
  for (const [name, type, mayBeUnknown] of required) {
    const value = job[name]
    if (value === undefined || (!mayBeUnknown && (value === null || value === ''))) issues.push(emptyField(name))
    else if (!(mayBeUnknown && value === null) && !types[type](value))
      issues.push(bodyIssue(name, 'type', `Field should be ${type === 'array' ? 'an' : 'a'} ${type}`))
  }
  for (const name of ['tenantId', 'communityId'] as const)
    if (typeof job[name] === 'string' && job[name] !== '' && job[name] !== path[name])
      issues.push(bodyIssue(name, 'conflict', `Field should be the ${name} of the path`))
  for (const name of ['jobId', 'status', 'requestedBy']) checkText(name, job[name], LONGEST, issues)
  for (const name of ['createdAt', 'completedAt']) checkTime(name, job[name], issues)
  checkSize(job.size, issues)
}

/** Everything that is wrong with what is said anew of a job; only the status has to be there. */
export const checkReport = (job: Fields, issues: Issue[]): void => {
  if (job.status === undefined || job.status === null || job.status === '') issues.push(emptyField('status'))
  else if (typeof job.status !== 'string') issues.push(bodyIssue('status', 'type', 'Field should be a string'))
  for (const [name, type] of [
    ['downloadLink', 'string'],
    ['size', 'number'],
    ['completedAt', 'number'],
  ] as const)
    if (job[name] !== undefined && job[name] !== null && !types[type](job[name]))
      issues.push(bodyIssue(name, 'type', `Field should be a ${type}`))
  checkText('status', job.status, LONGEST, issues)
  checkText('downloadLink', job.downloadLink, 8_192, issues)
  checkTime('completedAt', job.completedAt, issues)
  checkSize(job.size, issues)
}
