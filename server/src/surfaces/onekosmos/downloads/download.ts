import type { App } from '../../../app/app.ts'
import type { ExportAsked } from '../../../app/reports/exported.ts'
import { isEmail } from '../../../core/email.ts'
import type { Issue } from '../../../core/fault.ts'
import type { Format } from '../../../core/format.ts'
import type { Principal } from '../../../core/principal.ts'
import type { Realm } from '../../../core/realm.ts'
import type { Report } from '../../../core/report.ts'
import { bodyIssue, emptyField } from '../json-body.ts'

/** Most records of one file (1Kosmos Reports v2.1), unless all are asked for. */
export const FILE_ROWS = 5_000

type Fields = Readonly<Record<string, unknown>>

/** What a caller says about a file that is wanted (1Kosmos Reports v2.1); `format` and `all` are ours. */
export interface Download {
  readonly requestedBy: string
  readonly sendNotificationTo: readonly string[]
  readonly format: Format
  readonly all: boolean
  /** `eventData`: about the request, with whatever its sender adds. */
  readonly about: Fields
}

/** What is asked of a report whose answer becomes a file. */
export interface DownloadAsked
  extends Pick<ExportAsked, 'window' | 'filter' | 'params' | 'order' | 'columns' | 'voice' | 'title'> {
  readonly download: Download
  /** Records before the file's first. */
  readonly skip: number
}

const MOST_ADDRESSES = 5
const formats: readonly Format[] = ['csv', 'ndjson', 'xlsx', 'parquet']

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/** A caller that says false or null wants none. */
export const isDownload = (sent: unknown): boolean => sent !== undefined && sent !== null && sent !== false

const readEmail = (name: string, value: unknown, issues: Issue[]): string => {
  if (isEmpty(value)) issues.push(emptyField(name))
  else if (!isEmail(value)) issues.push(bodyIssue(name, 'format', 'Field should be an email'))
  return String(value)
}

const readAddresses = (value: unknown, issues: Issue[]): readonly string[] => {
  const name = 'download.notificationList'
  if (isEmpty(value)) issues.push(emptyField(name))
  else if (!Array.isArray(value) || value.length < 1 || value.length > MOST_ADDRESSES)
    issues.push(bodyIssue(name, 'range', `Field should be a list of 1 to ${MOST_ADDRESSES} emails`))
  else return value.map((one, at) => readEmail(`${name}.${at}`, one, issues))
  return []
}

const readEventData = (value: unknown, issues: Issue[]): Fields => {
  const name = 'download.eventData'
  if (isEmpty(value)) issues.push(emptyField(name))
  else if (!isObject(value)) issues.push(bodyIssue(name, 'type', 'Field should be an object'))
  else
    for (const field of ['tenant_dns', 'user_id']) {
      if (isEmpty(value[field])) issues.push(emptyField(`${name}.${field}`))
      else if (typeof value[field] !== 'string')
        issues.push(bodyIssue(`${name}.${field}`, 'type', 'Field should be a string'))
    }
  return isObject(value) ? value : {}
}

/** Reads `download`; undefined when no file is wanted. What is wrong in it is told with everything else. */
export const readDownload = (body: Fields, issues: Issue[]): Download | undefined => {
  const sent = body.download
  if (!isDownload(sent)) return undefined
  if (!isObject(sent)) {
    issues.push(bodyIssue('download', 'type', 'Field should be an object'))
    return undefined
  }
  // The prose of one endpoint says requestedBy where all examples say requestBy.
  const requestedBy = readEmail('download.requestBy', sent.requestBy ?? sent.requestedBy, issues)
  const sendNotificationTo = readAddresses(sent.notificationList, issues)
  const about = readEventData(sent.eventData, issues)
  const { format = 'csv', all = false } = sent
  if (!formats.includes(format as Format))
    issues.push(bodyIssue('download.format', 'enum', `Field should be one of ${formats.join(', ')}`))
  if (typeof all !== 'boolean') issues.push(bodyIssue('download.all', 'type', 'Field should be true or false'))
  return { requestedBy, sendNotificationTo, format: format as Format, all: all === true, about }
}

/** Puts a report's file on its way: up to 5,000 records from where it starts, or all. Answers the job's id. */
export const requestDownload = async (
  app: App,
  principal: Principal,
  realm: Realm,
  report: Report,
  { download, ...asked }: DownloadAsked,
): Promise<string> => {
  const job = await app.requestExport(principal, realm, report, {
    voice: 'onekosmos',
    ...asked,
    format: download.format,
    ...(download.all ? {} : { most: FILE_ROWS }),
    requestedBy: download.requestedBy,
    notify: download.sendNotificationTo,
    about: download.about,
  })
  return job.id
}
