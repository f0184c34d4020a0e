import { everything } from '../core/filter.ts'
import { demand, type Principal } from '../core/principal.ts'
import type { Realm } from '../core/realm.ts'
import { defaultsOf, type Report } from '../core/report.ts'
import { clampWindow, DAY_MS, type Window } from '../core/window.ts'
import type { EventStore } from '../ports/events.ts'
import type { Answered, App, Asked } from './app.ts'

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

/**
 * Answers a report to a principal of whom `demandReport` holds: what was asked and what may be seen are joined here.
 */
export const createAnswer =
  (parts: RunReportParts): App['runReport'] =>
  async (principal: Principal, realm: Realm, report: Report, asked: Asked): Promise<Answered> => {
    const behind = await parts.ownWrites(realm, report)
    const now = parts.now()
    const window = askedWindow(report, asked.window, now, parts.retentionDays)
    const { zone, clocks } = await parts.clockOf(realm)
    const rebuilding = clocks.length > 1 && report.reads.includes('rollups')
    const said = { ...defaultsOf(report), ...asked.params }
    // What is counted has no age: it answers the window that was asked, whatever retention shows of its events.
    const counted = askedWindow(report, asked.window, now, undefined) ?? { from: 0, to: now }
    const derived = report.derives?.({ window: counted, zone, params: said, now })
    const started = performance.now()
    const answer = await parts.store.ask(realm, {
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
    })
    parts.observe(report.id, (performance.now() - started) / 1_000, answer.cost.rows)
    return {
      rows: answer.rows,
      total: answer.total,
      ...(behind === undefined && !rebuilding ? {} : { incomplete: { watermark: behind ?? 0 } }),
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
