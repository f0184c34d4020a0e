import type { App, JobRecord } from '../../../app/app.ts'

const words: Readonly<Record<string, string>> = {
  pending: 'Pending',
  'in progress': 'In Progress',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

const isExternal = (job: JobRecord): boolean => job.kind === 'external'

/** A job's status in the dialect's words; one that another worker does keeps its own. */
export const statusOf = (job: JobRecord): string => (isExternal(job) ? job.status : (words[job.status] ?? job.status))

/** Who is told of a job. */
export const toldOf = (job: JobRecord): readonly string[] => {
  const { notify, sendNotificationTo } = (job.payload ?? {}) as { notify?: unknown; sendNotificationTo?: unknown }
  const told = isExternal(job) ? sendNotificationTo : notify
  return Array.isArray(told) ? told.map(String) : []
}

/** Of how many records the file has a part, once that is known. */
const sizeOf = (job: JobRecord): { total?: number; more?: boolean } => {
  const { total, more } = (job.result ?? {}) as { total?: unknown; more?: unknown }
  return typeof total === 'number' ? { total, more: more === true } : {}
}

/** A job as the list of downloads shows it. */
export const sayJob = (app: App, job: JobRecord) => ({
  jobId: job.id,
  createdAt: job.createdAt,
  completedAt: job.finishedAt,
  status: statusOf(job),
  requestedBy: job.requestedBy,
  sendNotificationTo: [...toldOf(job)],
  size: job.bytes,
  downloadLink: isExternal(job)
    ? String((job.payload as { downloadLink?: unknown }).downloadLink ?? '')
    : (app.jobs.link(job) ?? ''),
  ...(isExternal(job) ? {} : { rows: job.rows, ...sizeOf(job) }),
  ...(job.status === 'failed' && job.reason !== null ? { reason: job.reason } : {}),
})
