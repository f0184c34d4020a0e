import { until } from '../../until.ts'
import type { Reply } from './client.ts'
import type { Setting } from './reports-setting.ts'

/** What every request for a file says beside the question. */
export const download = {
  requestBy: 'ann@acme.example',
  notificationList: ['ann@acme.example', 'bob@acme.example'],
  eventData: { tenant_dns: 'acme.example', user_id: 'ann', caller_ip: '192.0.2.1' },
}

/** A job as the list of downloads has it. */
export interface Item {
  readonly jobId: string
  readonly createdAt: number
  readonly completedAt: number | null
  readonly status: string
  readonly requestedBy: string
  readonly sendNotificationTo: readonly string[]
  readonly size: number | null
  readonly downloadLink: string
  readonly rows: number
}

export const jobsOf = (reply: Reply): readonly Item[] => (reply.json as { data: Item[] }).data
export const jobIdOf = (reply: Reply): string => (reply.json as { jobId: string }).jobId

/** Where a realm's endpoints stand. */
export const realmPath = ({ realm }: Setting): string => `/tenant/${realm.tenantId}/community/${realm.communityId}`

/** Waits until a job has ended, and answers it. */
export const ended = async (setting: Setting, jobId: string): Promise<Item> => {
  let found: Item | undefined
  await until(async () => {
    found = jobsOf(await setting.ask('download/jobs', { pSize: 100 })).find((job) => job.jobId === jobId)
    return found?.completedAt != null
  })
  if (!found) throw new Error('The job is not listed')
  return found
}

/** The text of the file that a request is answered with. */
export const fileOf = async (setting: Setting, reply: Reply): Promise<string> => {
  const { downloadLink } = await ended(setting, jobIdOf(reply))
  // Fetch drops the byte order mark of a text.
  return Buffer.from(await (await fetch(downloadLink)).arrayBuffer()).toString()
}
