import { externalKind } from '../../core/job.ts'
import type { JobRecord } from '../../ports/jobs.ts'
import type { ExportPayload } from '../exports/payload.ts'

/** What was said of a job beside what it needs to run: all of an external one, of an export what its sender added. */
export const aboutOf = ({ kind, payload }: JobRecord): Readonly<Record<string, unknown>> | null =>
  kind === externalKind
    ? (payload as Readonly<Record<string, unknown>>)
    : ((payload as Partial<ExportPayload> | null)?.about ?? null)
