import { everything } from '../core/filter.ts'
import { demand, type Principal } from '../core/principal.ts'
import type { Realm } from '../core/realm.ts'
import type { Report } from '../core/report.ts'
import { clampWindow, DAY_MS, type Window } from '../core/window.ts'
import type { EventStore } from '../ports/events.ts'
import type { Answered, App, Asked } from './app.ts'

export interface RunReportParts {
  readonly store: EventStore
  /** Waits for the realm's own writes; answers how far events got when something was still missing in time. */
  readonly ownWrites: (realm: Realm, report: Report) => Promise<number | undefined>
  readonly now: () => number
  readonly retentionDays: number | undefined
  readonly observe: (report: string, seconds: number, rowsRead: number) => void
}

/** Runs a report for a principal: what was asked and what may be seen are joined here. */
export const createRunReport = (parts: RunReportParts): App['runReport'] => {
  const windowOf = (report: Report, asked: Asked): Window | undefined => {
    if (report.defaultSpan === undefined) return undefined
    const now = parts.now()
    const window = asked.window ?? { from: now - report.defaultSpan, to: now }
    return clampWindow(window, parts.retentionDays === undefined ? undefined : now - parts.retentionDays * DAY_MS)
  }
  return async (principal: Principal, realm: Realm, report: Report, asked: Asked): Promise<Answered> => {
    demand(principal, report.lists ? 'events.read' : 'reports.run', realm)
    const behind = await parts.ownWrites(realm, report)
    const window = windowOf(report, asked)
    const started = performance.now()
    const answer = await parts.store.ask(realm, {
      report,
      ...(window ? { window } : {}),
      filter: asked.filter ?? everything,
      ...(principal.sight ? { sight: principal.sight } : {}),
      params: asked.params ?? {},
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
      ...(behind === undefined ? {} : { incomplete: { watermark: behind } }),
    }
  }
}
