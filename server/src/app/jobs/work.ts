import Value from 'typebox/value'
import { Fault, isFault } from '../../core/fault.ts'
import { backOffMs } from '../../core/job.ts'
import type { JobRecord } from '../../ports/jobs.ts'
import type { App } from '../app.ts'
import type { AppParts } from '../create-app.ts'
import type { Task, TaskContext, TaskDone } from './tasks/task.ts'

/** How one attempt at a job ended. */
export type Worked =
  | { readonly done: TaskDone }
  | { readonly reason: string; readonly retryAfterMs: number | null }
  | 'stopped'

/** What passes: the job is worth another try. */
export const passes = (error: unknown): boolean =>
  !(error instanceof Fault) ||
  isFault(error, 'engine-away') ||
  isFault(error, 'control-away') ||
  isFault(error, 'inbox-full')

/** What is said of an error that nobody foresaw. */
export const broken = 'Something went wrong on our side; the log has more under this job'

/** Does jobs: one attempt each. What its caller does with the end is the worker's. */
export const createWork = (parts: AppParts, app: App, tasks: ReadonlyMap<string, Task>) => {
  const attempt = async (
    job: JobRecord,
    context: Pick<TaskContext, 'signal' | 'fileName' | 'progress'>,
  ): Promise<Worked> => {
    const task = tasks.get(job.kind)
    if (!task || !Value.Check(task.payload, job.payload))
      return { reason: `This version cannot read a job of kind ${job.kind} in this form`, retryAfterMs: null }
    try {
      if (!(await parts.control.realms.get(job.realm.tenantId, job.realm.communityId)))
        return { reason: 'Its tenant and community are not here any more', retryAfterMs: null }
      return { done: await task.run(job.payload as never, { ...context, job, parts, app }) }
    } catch (error) {
      if (context.signal.aborted) return 'stopped'
      if (!(error instanceof Fault))
        parts.log('error', 'A job failed in a way nobody foresaw', {
          job: job.id,
          kind: job.kind,
          error: String(error),
        })
      const reason = error instanceof Fault ? error.message : broken
      const again = passes(error) && job.attempts < job.mostAttempts
      return { reason, retryAfterMs: again ? backOffMs(job.attempts) : null }
    }
  }
  return { kinds: [...tasks.keys()], attempt }
}

export type Work = ReturnType<typeof createWork>
