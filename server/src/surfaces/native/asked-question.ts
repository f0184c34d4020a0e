import Type, { type Static } from 'typebox'
import type { App } from '../../app/app.ts'
import { Fault } from '../../core/fault.ts'
import type { Report } from '../../core/report.ts'
import { readWindow } from './asked-window.ts'
import { refuseAsked } from './report-params.ts'
import { filterLanguage, readSearchFilter } from './search-filter.ts'
import { SentInstant } from './shapes.ts'

/** What is asked of a report, however its answer leaves. */
export const AskedQuestion = {
  from: Type.Optional(SentInstant("Start of the window, included; the report's own span before `to` when left out")),
  to: Type.Optional(SentInstant('End of the window, included; now when left out')),
  filter: Type.Optional(Type.Object({}, { additionalProperties: true, description: filterLanguage })),
  params: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: "The report's own parameters, as the list says." }),
  ),
  order: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
      maxItems: 10,
      description: 'Columns; `-` before one that descends.',
    }),
  ),
}

const Question = Type.Object(AskedQuestion)

/** @throws Fault `not-found` */
export const findReport = (app: App, id: string): Report => {
  const report = app.reports.get(id)
  if (report) return report
  throw new Fault(
    'not-found',
    { what: 'report', id },
    `There is no report ${JSON.stringify(id)}; GET /v1/reports lists them`,
  )
}

/** The question in our own words, its window completed. @throws Fault `invalid` */
export const readQuestion = (report: Report, asked: Static<typeof Question>, now: number) => {
  refuseAsked(report, asked)
  const span = report.defaultSpan
  const window =
    span === undefined ? undefined : (readWindow('body', asked, span, now) ?? { from: now - span, to: now })
  return {
    ...(window ? { window } : {}),
    ...(asked.filter ? { filter: readSearchFilter(asked.filter, 'body') } : {}),
    ...(asked.params ? { params: asked.params } : {}),
    ...(asked.order ? { order: asked.order } : {}),
  }
}
