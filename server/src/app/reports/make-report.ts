import type { Format } from '../../core/format.ts'
import type { Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import { figuresOf, figuresReport, type SaidFigure } from '../../core/summary.ts'
import type { App, Asked } from '../app.ts'
import { demandReport } from './run-report.ts'

/** What is to be made: a report, and how it is asked. */
export interface Question {
  readonly report: Report
  readonly title: string
  readonly asked: Omit<Asked, 'page' | 'after' | 'total' | 'with'>
}

/** What a report says in a few words. */
export interface Summary {
  readonly rows: number
  readonly figures: readonly SaidFigure[]
  /** Sentences that a reader must know. */
  readonly notes: readonly string[]
}

/** A report that is made into files, each streamed and bounded. */
export interface MadeReport {
  summary(): Promise<Summary>
  open(format: Format): Promise<AsyncIterable<Uint8Array>>
}

/** Makes a report as a principal, who must be allowed to run it. @throws Fault `forbidden` from each of its parts */
export const makeReport = (
  app: App,
  principal: Principal,
  realm: Realm,
  question: Question,
  askedBy: string,
  signal: AbortSignal,
): MadeReport => {
  const { report, title } = question
  const asked = { ...question.asked, signal }
  return {
    async summary() {
      demandReport(principal, realm, report)
      const { order: _, ...same } = asked
      const page = { skip: 0, size: 1 }
      const answered = await app.runReport(principal, realm, figuresReport(report), { ...same, page, total: false })
      const [row] = answered.rows
      return {
        rows: Number(row?.figure_rows ?? 0),
        figures: figuresOf(report, row),
        notes: answered.incomplete ? ['The newest events are missing: they were not searchable in time.'] : [],
      }
    },
    async open(format) {
      return (await app.renderReport(principal, realm, report, asked, format, { title, askedBy })).bytes
    },
  }
}
