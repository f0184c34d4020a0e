import Type from 'typebox'
import { formatNames, formats } from '../../../core/format.ts'
import { writeInstant } from '../../../core/instant.ts'
import { goneOf } from '../../../http/gone.ts'
import { sendFile } from '../../../http/send-file.ts'
import { readForm } from '../asked-form.ts'
import { AskedQuestion, findReport, readQuestion } from '../asked-question.ts'
import { sayIncomplete } from '../incomplete.ts'
import type { RouteParts } from '../route.ts'
import { Instant, problems, RealmPath } from '../shapes.ts'
import { ReportColumn, sayColumns } from '../table.ts'

const Asked = Type.Object(
  {
    ...AskedQuestion,
    page: Type.Optional(
      Type.Object(
        {
          skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Rows to skip; 0.' })),
          size: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Rows to answer; 100.' })),
        },
        { additionalProperties: false },
      ),
    ),
    total: Type.Optional(Type.Boolean({ description: 'Whether to count all rows; true when left out.' })),
  },
  { additionalProperties: false },
)

const Table = Type.Object({
  columns: Type.Array(ReportColumn),
  rows: Type.Array(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]))),
  total: Type.Union([Type.Integer(), Type.Null()], { description: 'All rows of the window; null when not asked for.' }),
  window: Type.Union([Type.Object({ from: Instant('Included.'), to: Instant('Included.') }), Type.Null()], {
    description: 'What was asked, completed; null when the report has no window.',
  }),
})

const Chosen = Type.Object(
  {
    format: Type.Optional(
      Type.Enum(formatNames, {
        description:
          'A file instead of JSON, with all rows: `page` and `total` say nothing. HTML and PDF show 10,000 rows and xlsx ' +
          '200,000, and they say how many more there are. Without it the header `Accept` decides.',
      }),
    ),
  },
  { additionalProperties: false },
)

const ReportPath = Type.Object({ ...RealmPath.properties, id: Type.String({ minLength: 1, maxLength: 128 }) })

/** Running a report by its id. */
export const runReportRoute = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  http.post(
    '/realms/:tenantId/:communityId/reports/:id',
    {
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        operationId: 'runReport',
        tags: ['Reports'],
        summary: 'Run a report',
        description:
          'Answers JSON, or in place of what is described below the file that `format`, or else `Accept`, asks for, ' +
          `streamed: ${Object.values(formats)
            .map(({ mediaType }) => mediaType)
            .join(', ')}. ` +
          '`Rollcall-Incomplete` and `Rollcall-Watermark` as in the event search.',
        params: ReportPath,
        querystring: Chosen,
        body: Asked,
        response: {
          200: Table,
          ...problems(404, 406, 413, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      const report = findReport(app, request.params.id)
      const asked = request.body
      const question = readQuestion(report, asked, context.now())
      const { window } = question
      const format = readForm(request.query.format, request.headers.accept)
      reply.header('vary', 'Accept')
      if (format) {
        const file = await app.renderReport(caller, realm, report, question, format)
        sayIncomplete(reply, file)
        return sendFile(reply, file)
      }
      const answered = await app.runReport(caller, realm, report, {
        ...question,
        page: { skip: asked.page?.skip ?? 0, size: asked.page?.size ?? 100 },
        total: asked.total ?? true,
        signal: goneOf(reply),
      })
      sayIncomplete(reply, answered)
      return {
        columns: sayColumns(report),
        rows: [...answered.rows],
        total: answered.total ?? null,
        window: window ? { from: writeInstant(window.from), to: writeInstant(window.to) } : null,
      }
    },
  )
}
