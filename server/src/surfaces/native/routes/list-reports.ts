import Type from 'typebox'
import type { Report } from '../../../core/report.ts'
import { paramsSchema } from '../report-params.ts'
import type { RouteParts } from '../route.ts'
import { problems } from '../shapes.ts'
import { ReportColumn, sayColumns } from '../table.ts'

const ListedReport = Type.Object({
  id: Type.String(),
  title: Type.String(),
  about: Type.String(),
  defaultSpanSeconds: Type.Union([Type.Integer(), Type.Null()], {
    description: 'The span up to now when none is asked; null when the report has no window.',
  }),
  params: Type.Object({}, { additionalProperties: true, description: 'JSON Schema of the parameters.' }),
  columns: Type.Array(ReportColumn),
  order: Type.Array(Type.String(), { description: 'Columns in order; `-` before one that descends.' }),
})

const sayReport = (report: Report) => ({
  id: report.id,
  title: report.title,
  about: report.about,
  defaultSpanSeconds: report.defaultSpan === undefined ? null : Math.round(report.defaultSpan / 1_000),
  params: JSON.parse(JSON.stringify(paramsSchema(report))) as object,
  columns: sayColumns(report),
  order: [...report.order],
})

/** The reports that there are. */
export const listReportsRoute = ({ http, context }: RouteParts): void => {
  http.get(
    '/reports',
    {
      schema: {
        operationId: 'listReports',
        tags: ['Reports'],
        summary: 'List the reports with their parameters and columns',
        response: { 200: Type.Object({ reports: Type.Array(ListedReport) }), ...problems() },
      },
    },
    async () => ({ reports: [...context.app.reports.values()].map(sayReport) }),
  )
}
