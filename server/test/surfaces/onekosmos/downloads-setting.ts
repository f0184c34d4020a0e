import { until } from '../../until.ts'
import type { Reply } from './client.ts'
import { minutesAgo, type Sent, type Setting } from './reports-setting.ts'

/** What every request for a file says beside the question. */
export const download = {
  requestBy: 'ann@acme.example',
  notificationList: ['ann@acme.example', 'bob@acme.example'],
  eventData: { tenant_dns: 'acme.example', user_id: 'ann', caller_ip: '192.0.2.1' },
}

/** Three events of two people; one has a name that a table program would run, another fields that no other has. */
export const loginAttempts = (): readonly Sent[] => [
  ['E_LOGIN_ATTEMPT', { event_id: 'e1', user_id: '=cmd', sp_name: 'wiki', timestamp: minutesAgo(3), person_id: 'p' }],
  [
    'E_LOGIN_ATTEMPT',
    { event_id: 'e2', user_id: 'ann', sp_name: 'wiki', timestamp: minutesAgo(2), n: -1.5, o: { a: '"' } },
  ],
  ['E_LOGIN_ATTEMPT', { event_id: 'e3', user_id: 'ann', sp_name: 'chat', timestamp: minutesAgo(1) }],
]

/** The `apikey` of workers outside, where a test sets it. */
export const workerKey = 'test-worker-key-0123456789'

/** A job of a worker outside, with every field that one has to say. */
export const outsideJob = ({ realm: { tenantId, communityId } }: Setting, jobId: string) => ({
  jobId,
  tenantId,
  communityId,
  totalParts: 1,
  totalCount: 1,
  status: 'Pending',
  query: [],
  requestedBy: 'ann@acme.example',
  sendNotificationTo: ['bob@acme.example'],
  tenantDns: 'acme.example',
  user_id: 'ann',
  requestUuid: 'uuid',
  createdAt: 1_700_000_000_123,
  completedAt: 0,
  downloadLink: '',
  size: 0,
})

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
