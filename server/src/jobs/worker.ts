import type { Work } from '../app/jobs/work.ts'
import type { Log } from '../core/log.ts'
import type { Realm } from '../core/realm.ts'
import type { Files } from '../ports/files.ts'
import type { ClaimedJob, JobLease, Jobs } from '../ports/jobs.ts'
import { startTaking, type Taking } from './taking.ts'

export interface WorkerOptions {
  readonly jobs: Jobs
  readonly files: Files
  readonly work: Work
  /** This process's name in the leases. */
  readonly holder: string
  /** How many jobs it does at the same time. */
  readonly atOnce: number
  readonly now: () => number
  readonly log: Log
  /** Told after a job ended with messages to send. */
  readonly finished: () => void
  /** Told of a job that ended badly, as a sentence. */
  readonly failed?: (realm: Realm, sentence: string) => Promise<void>
  readonly leaseMs?: number
}

const LEASE_MS = 15_000
const TICK_MS = 500

/** Keeps a job's lease while it runs; `lost` aborts when it was cancelled, or taken over. */
const keepLease = (options: WorkerOptions, lease: JobLease, leaseMs: number) => {
  const lost = new AbortController()
  let rows = 0
  let until = options.now() + leaseMs
  let turn: Promise<void> = Promise.resolve()
  const renew = async (): Promise<void> => {
    const next = options.now() + leaseMs
    try {
      if (await options.jobs.renew(lease, next, rows)) until = next
      else lost.abort()
    } catch {
      // Another worker may take the job when the lease has run out; from then on this one must not go on.
      if (options.now() > until) lost.abort()
    }
  }
  // Often, since it is also how a cancelled job is found out.
  const every = Math.min(400, leaseMs / 3)
  const timer = setInterval(() => {
    turn = turn.then(renew)
  }, every)
  return {
    signal: lost.signal,
    rows: () => rows,
    progress: (so: number) => {
      rows = so
    },
    async end() {
      clearInterval(timer)
      await turn
    },
  }
}

/** Does jobs in the background; any number of processes may. */
export const startWorker = (options: WorkerOptions): Taking => {
  const { jobs, work, now, log } = options
  const leaseMs = options.leaseMs ?? LEASE_MS
  const stop = new AbortController()

  /** A file whose job ended otherwise has no use. */
  const drop = async ({ job }: ClaimedJob, file: string | undefined): Promise<void> => {
    if (file === undefined) return
    await options.files.remove(job.realm, file).catch((error) => {
      log('warn', 'A file of a job that ended otherwise could not be removed', { file, error: String(error) })
    })
  }

  const settle = async (claimed: ClaimedJob, rows: number, worked: Awaited<ReturnType<Work['attempt']>>) => {
    const { lease, job } = claimed
    if (worked === 'stopped') {
      if (stop.signal.aborted) await jobs.release(lease, now())
      return
    }
    if ('reason' in worked) {
      const retryAt = worked.retryAfterMs === null ? null : now() + worked.retryAfterMs
      const ended = await jobs.fail(lease, { reason: worked.reason, retryAt }, now())
      // A run of a subscription tells of itself.
      if (ended && retryAt === null && job.kind !== 'send-report')
        await options.failed?.(job.realm, `The job ${job.id} (${job.kind}) failed: ${worked.reason}`)
      return
    }
    const { result = null, file, bytes, deliveries = [] } = worked.done
    const ended = await jobs.complete(
      lease,
      { result, file: file ?? null, bytes: bytes ?? null, rows: worked.done.rows ?? rows, deliveries },
      now(),
    )
    if (!ended) return await drop(claimed, file)
    log('info', 'A job was completed', { job: job.id, kind: job.kind, rows: worked.done.rows ?? rows })
    if (deliveries.length > 0) options.finished()
  }

  const doOne = async (claimed: ClaimedJob): Promise<void> => {
    const kept = keepLease(options, claimed.lease, leaseMs)
    try {
      const worked = await work.attempt(claimed.job, {
        signal: AbortSignal.any([kept.signal, stop.signal]),
        progress: kept.progress,
        fileName: (ending) => `${claimed.job.id}-${claimed.lease.fence}.${ending}`,
      })
      await kept.end()
      await settle(claimed, kept.rows(), worked)
    } catch (error) {
      // The lease runs out by itself, and the job is taken up again.
      log('warn', 'The end of a job could not be told; it is tried again', {
        job: claimed.job.id,
        error: String(error),
      })
    } finally {
      await kept.end()
    }
  }

  return startTaking({
    claim: async (room) =>
      room ? await jobs.claim({ kinds: work.kinds, holder: options.holder, now: now(), leaseMs }) : undefined,
    doOne,
    atOnce: options.atOnce,
    tickMs: TICK_MS,
    log,
    away: 'The control store cannot be asked for jobs now; it is tried again',
    stop,
  })
}
