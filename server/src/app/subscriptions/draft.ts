import { isIP } from 'node:net'
import { isEmail } from '../../core/email.ts'
import { type Issue, invalid } from '../../core/fault.ts'
import { isTime } from '../../core/schedule.ts'
import type { Recipient, Sending } from '../../core/subscription.ts'

export const MOST_RECIPIENTS = 100
const LONGEST_SHOWN = 254
const LONGEST_URL = 2_048

const issue = (name: string, rule: string, message: string): Issue => ({ where: 'body', name, rule, message })

/** Whether webhooks may go to an address; names are judged when they are called. */
export type MayCall = (address: string) => boolean

const urlIssue = (name: string, text: string, mayCall: MayCall): Issue | undefined => {
  if (text.length > LONGEST_URL) return issue(name, 'size', `A webhook's address has at most ${LONGEST_URL} characters`)
  if (!URL.canParse(text)) return issue(name, 'format', 'A webhook looks like https://hooks.example.com/reports')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return issue(name, 'format', 'A webhook is called by http or https')
  if (url.username !== '' || url.password !== '')
    return issue(name, 'format', 'A webhook carries no user and no password: what it is sent is signed')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if ((isIP(host) !== 0 && !mayCall(host)) || (host === 'localhost' && !mayCall('127.0.0.1')))
    return issue(
      name,
      'range',
      `${host} is an address of the server's own machine or of a private network; the operator may allow those`,
    )
  return undefined
}

const recipientIssue = ({ channel, address }: Recipient, at: number, mayCall: MayCall): Issue | undefined => {
  if (channel === 'webhook') return urlIssue(`recipients.${at}.url`, address, mayCall)
  return isEmail(address)
    ? undefined
    : issue(
        `recipients.${at}.email`,
        'format',
        `${JSON.stringify(String(address).slice(0, LONGEST_SHOWN))} is no e-mail address`,
      )
}

/** @throws Fault `invalid` that names each field */
export const refuseSending = (said: Partial<Sending>, mayCall: MayCall): void => {
  const issues: Issue[] = []
  if (said.time !== undefined && !isTime(said.time)) issues.push(issue('time', 'format', 'time looks like 06:00'))
  if (said.formats?.length === 0) issues.push(issue('formats', 'required', 'At least one format is needed'))
  const recipients = said.recipients ?? []
  if (recipients.length > MOST_RECIPIENTS)
    issues.push(issue('recipients', 'size', `A subscription has at most ${MOST_RECIPIENTS} recipients`))
  else
    for (const [at, recipient] of recipients.entries()) {
      const found = recipientIssue(recipient, at, mayCall)
      if (found) issues.push(found)
    }
  if (issues.length > 0) throw invalid(issues)
}

/** Each recipient once, as they were first written. */
export const distinct = (recipients: readonly Recipient[]): readonly Recipient[] => [
  ...new Map(
    recipients.map((one) => [
      `${one.channel} ${one.channel === 'email' ? one.address.toLowerCase() : one.address}`,
      one,
    ]),
  ).values(),
]
