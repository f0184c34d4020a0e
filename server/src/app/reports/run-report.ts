import { everything } from '../../core/filter.ts'
import { demand, type Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import { defaultsOf, type Report } from '../../core/report.ts'
import { clampWindow, DAY_MS, type Window } from '../../core/window.ts'
import type { EventStore, Question } from '../../ports/events.ts'
import type { App, Asked } from '../app.ts'

export interface RunReportParts {
  readonly store: EventStore
  /** Waits for the realm's own writes; answers how far events got when something was still missing in time. */
  readonly ownWrites: (realm: Realm, report: Report) => Promise<number | undefined>
  readonly now: () => number
  /** The realm's zone, and its clocks whose days count: two while a rebuild for another zone is under way. */
  readonly clockOf: (realm: Realm) => Promise<{ readonly zone: string; readonly clocks: readonly number[] }>
  readonly retentionDays: number | undefined
  readonly observe: (report: string, seconds: number, rowsRead: number) => void
}

/** The span that a report is asked over, as far as retention shows it; undefined when the report has no window. */
export const askedWindow = (
  report: Report,
  asked: Window | undefined,
  now: number,
  retentionDays: number | undefined,
): Window | undefined => {
  if (report.defaultSpan === undefined) return undefined
  const window = asked ?? { from: now - report.defaultSpan, to: now }
  return clampWindow(window, retentionDays === undefined ? undefined : now - retentionDays * DAY_MS)
}

/** Refuses a principal who may not run this report here. */
export const demandReport = (principal: Principal, realm: Realm, report: Report): void =>
  demand(principal, report.lists ? 'events.read' : 'reports.run', realm)

/** A question that is ready to be put to the store, and what its answer may miss. */
export interface Completed {
  readonly question: Question
  /** The number up to which the realm's own writes are searchable, when some of them are not. */
  readonly behind: number | undefined
  readonly rebuilding: boolean
}

/** Completes what was asked by what may be seen, the report's own defaults, and the realm's clock. */
export const createComplete =
  (parts: Omit<RunReportParts, 'store' | 'observe'>) =>
  async (principal: Principal, realm: Realm, report: Report, asked: Asked): Promise<Completed> => {
    const behind = await parts.ownWrites(realm, report)
    const now = parts.now()
    const window = askedWindow(report, asked.window, now, parts.retentionDays)
    const { zone, clocks } = await parts.clockOf(realm)
    const rebuilding = clocks.length > 1 && report.reads.includes('rollups')
    const said = { ...defaultsOf(report), ...asked.params }
    // What is counted has no age: it answers the window that was asked, whatever retention shows of its events.
    const counted = askedWindow(report, asked.window, now, undefined) ?? { from: 0, to: now }
    const derived = report.derives?.({ window: counted, zone, params: said, now })
    const question: Question = {
      report,
      ...(window ? { window } : {}),
      filter: asked.filter ?? everything,
      ...(principal.sight ? { sight: principal.sight } : {}),
      params: { ...said, ...derived },
      clocks,
      ...(asked.order ? { order: asked.order } : {}),
      page: asked.page ?? { skip: 0, size: 25 },
      ...(asked.after ? { after: asked.after } : {}),
      total: asked.total ?? true,
      ...(asked.with ? { with: asked.with } : {}),
      ...(asked.signal ? { signal: asked.signal } : {}),
    }
    return { question, behind, rebuilding }
  }

/** Answers a report to a principal of whom `demandReport` holds. */
export const createAnswer = (parts: RunReportParts): App['runReport'] => {
  const complete = createComplete(parts)
  return async (principal, realm, report, asked) => {
    const { question, behind, rebuilding } = await complete(principal, realm, report, asked)
    const started = performance.now()
    const answer = await parts.store.ask(realm, question)
    parts.observe(report.id, (performance.now() - started) / 1_000, answer.cost.rows)
    return {
      rows: answer.rows,
      total: answer.total,
      ...(behind === undefined && !rebuilding ? {} : { incomplete: { watermark: behind ?? 0 } }),
    }
  }
}

/** Runs a report for a principal. */
export const createRunReport = (parts: RunReportParts): App['runReport'] => {
  const answer = createAnswer(parts)
  return async (principal, realm, report, asked) => {
    demandReport(principal, realm, report)
    return answer(principal, realm, report, asked)
  }
}
