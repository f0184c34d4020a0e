import { uuidv7 } from 'uuidv7'
import { isEmail } from '../../core/email.ts'
import { type Issue, invalid } from '../../core/fault.ts'
import { everything } from '../../core/filter.ts'
import type { Jobs } from '../../ports/jobs.ts'
import { type ExportPayload, exportAttempts, exportKind } from '../exports/payload.ts'
import type { ExportAsked, RequestExport } from './exported.ts'
import { askedWindow, demandReport } from './run-report.ts'

export interface ExportParts {
  readonly jobs: Jobs
  readonly now: () => number
  readonly retentionDays: number | undefined
  readonly kick: () => void
}

const issuesOf = ({ notify = [] }: ExportAsked): readonly Issue[] =>
  notify
    .filter((address) => !isEmail(address))
    .map((address) => ({
      where: 'body' as const,
      name: 'notify',
      rule: 'format',
      message: `${JSON.stringify(address)} is no e-mail address`,
    }))

/**
 * Puts an export on its way: the question is completed and its rights are checked now, the file is made in the
 * background. @throws Fault `forbidden`, `invalid`
 */
export const createRequestExport =
  (parts: ExportParts): RequestExport =>
  async (principal, realm, report, asked) => {
    demandReport(principal, realm, report)
    const issues = issuesOf(asked)
    if (issues.length > 0) throw invalid(issues)
    const now = parts.now()
    const window = askedWindow(report, asked.window, now, parts.retentionDays)
    const payload: ExportPayload = {
      report: report.id,
      title: asked.title ?? report.title,
      ...(window ? { window: { ...window } } : {}),
      filter: asked.filter ?? everything,
      ...(principal.sight ? { sight: principal.sight } : {}),
      params: { ...asked.params },
      ...(asked.order ? { order: [...asked.order] } : {}),
      skip: asked.skip ?? 0,
      most: asked.most ?? null,
      format: asked.format,
      columns: [...(asked.columns ?? Object.keys(report.columns).map((name) => ({ name, head: name })))],
      voice: (report.lists && asked.voice) || null,
      notify: [...(asked.notify ?? [])],
      ...(asked.about ? { about: { ...asked.about } } : {}),
    }
    const job = await parts.jobs.create(realm, {
      id: uuidv7(),
      kind: exportKind,
      owner: principal.id,
      requestedBy: asked.requestedBy ?? principal.id,
      payload,
      mostAttempts: exportAttempts,
      createdAt: now,
    })
    parts.kick()
    return job
  }
