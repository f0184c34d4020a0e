import type { TSchema } from 'typebox'
import type { JobRecord, NewDelivery } from '../../../ports/jobs.ts'
import type { App } from '../../app.ts'
import type { AppParts } from '../../create-app.ts'

/** What a running job is given. */
export interface TaskContext {
  readonly job: JobRecord
  readonly parts: AppParts
  readonly app: App
  /** Aborted when the job is cancelled, its lease is lost, or the server stops. */
  readonly signal: AbortSignal
  /** A name for the job's file that no other attempt at it uses. */
  readonly fileName: (ending: string) => string
  /** Tells the rows written so far; told on with the next renewal of the lease. */
  progress(rows: number): void
}

/** What a job ended with. */
export interface TaskDone {
  readonly result?: unknown
  readonly file?: string
  readonly bytes?: number
  readonly rows?: number
  /** Messages that tell of it; they are committed with its end, and sent after it. */
  readonly deliveries?: readonly NewDelivery[]
}

/** One kind of job. */
export interface Task {
  /** The name of its file without the ending. */
  readonly kind: string
  /** The form of its payload; one that does not fit fails the job. */
  readonly payload: TSchema
  /** How often it is tried. */
  readonly attempts: number
  /** @throws a Fault ends the job badly at once, `engine-away` and `control-away` apart; any other error tries it again */
  readonly run: (payload: never, context: TaskContext) => Promise<TaskDone>
}
