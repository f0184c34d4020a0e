import { Fault } from '../core/fault.ts'
import { type Format, isDrawn } from '../core/format.ts'
import type { Principal } from '../core/principal.ts'
import type { Realm } from '../core/realm.ts'
import type { Report } from '../core/report.ts'
import { figuresOf, figuresReport, type SaidFigure } from '../core/summary.ts'
import type { Asked } from './app.ts'
import type { AppParts } from './create-app.ts'
import { createClockOf } from './enter.ts'
import { createOwnWrites } from './own-writes.ts'
import { createRenderReport } from './render-report.ts'
import { createAnswer, demandReport } from './run-report.ts'

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
  /** @throws Fault `invalid` for a format that cannot be made */
  open(format: Format): Promise<{ readonly name: string; readonly bytes: AsyncIterable<Uint8Array> }>
}

/** The parameters of a question, with what those are that were left out. */
const complete = ({ report, asked }: Question): Question['asked'] => ({
  ...asked,
  params: {
    ...Object.fromEntries(
      Object.entries(report.params).flatMap(([name, schema]) => ('default' in schema ? [[name, schema.default]] : [])),
    ),
    ...asked.params,
  },
})

export const makeReport = (
  parts: AppParts,
  principal: Principal,
  realm: Realm,
  question: Question,
  askedBy: string,
  signal: AbortSignal,
): MadeReport => {
  const findRealm = (tenantId: string, communityId: string) => parts.control.realms.get(tenantId, communityId)
  const running = {
    ...parts,
    ownWrites: createOwnWrites({ ...parts, directory: parts.control.directory }),
    clockOf: createClockOf(findRealm, parts.timezone),
  }
  const render = createRenderReport({ ...running, findRealm })
  const asked = { ...complete(question), signal }
  return {
    async summary() {
      const { order: _, ...same } = asked
      demandReport(principal, realm, question.report)
      const answered = await createAnswer(running)(principal, realm, figuresReport(question.report), {
        ...same,
        page: { skip: 0, size: 1 },
        total: false,
      })
      const [row] = answered.rows
      return {
        rows: Number(row?.figure_rows ?? 0),
        figures: figuresOf(question.report, row),
        notes: answered.incomplete ? ['The newest events are missing: they were not searchable in time.'] : [],
      }
    },
    async open(format) {
      if (!isDrawn(format)) throw new Fault('invalid', { issues: [] }, `A report cannot be made as ${format} here`)
      const words = { title: question.title, askedBy }
      const { fileName, bytes } = await render(principal, realm, question.report, asked, format, words)
      return { name: fileName, bytes }
    },
  }
}
