import Type from 'typebox'
import { noQuestion } from '../../../core/definition.ts'
import { type Issue, invalid } from '../../../core/fault.ts'
import { sendFile } from '../../../http/send-file.ts'
import { filterOfCriteria } from '../criteria.ts'
import { ofReport } from '../models.ts'
import { understand } from '../question.ts'
import { readRoutes } from '../read-routes.ts'
import { failures, IdPath, Made, type RouteParts, Success, Text } from '../route.ts'

const model = 'report'
const tags = ['Reports']

const Draft = Type.Object(
  {
    criteria: Type.Optional(
      Type.Array(
        Type.Object(
          {
            field: Type.String({ maxLength: 64, description: 'protocol, user, server, safe, account or listener.' }),
            value: Type.Union([Type.String({ maxLength: 1_024 }), Type.Integer()]),
          },
          { additionalProperties: false },
        ),
        { maxItems: 100, description: 'What must hold; of a field that comes twice, either value.' },
      ),
    ),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    defined_report_id: Type.Optional(Type.String({ maxLength: 128, description: 'The definition to make it from.' })),
    query_filter: Type.Optional(Text('Instead of the definition’s filter.')),
    query_order: Type.Optional(Text('Instead of the definition’s order.')),
  },
  { additionalProperties: false },
)

/** Generated reports: list, one, its file, generate, delete. */
export const reportRoutes = (parts: RouteParts): void => {
  const { http, context, callerOf } = parts
  const { app } = context
  readRoutes(parts, {
    model,
    path: '/report',
    tags,
    list: { operationId: 'listReports', summary: 'List the generated reports' },
    one: { operationId: 'getReport', summary: 'One generated report' },
    all: ({ principal, realm }) => app.generated.list(principal, realm),
    find: ({ principal, realm }, id) => app.generated.get(principal, realm, id),
    of: ofReport,
  })
  http.get(
    '/report/:id/:ext',
    {
      schema: {
        operationId: 'downloadReport',
        tags,
        summary: 'The file of a generated report: csv, pdf or html',
        params: Type.Object({ ...IdPath.properties, ext: Type.String({ maxLength: 16 }) }),
        response: failures(404),
      },
    },
    async (request, reply) => {
      const { principal, realm } = callerOf(request)
      const file = await app.generated.download(principal, realm, request.params.id, request.params.ext)
      return sendFile(reply, file) as never
    },
  )
  http.post(
    '/report',
    {
      schema: {
        operationId: 'generateReport',
        tags,
        summary: 'Generate a report now; it can be downloaded at once',
        body: Draft,
        response: { 200: Made(model), ...failures(404, 422, 413) },
      },
    },
    async (request) => {
      const { principal, realm } = callerOf(request)
      const { criteria, title, defined_report_id, query_filter, query_order } = request.body
      if (criteria && query_filter !== undefined) {
        const message = 'criteria and query_filter say the same thing in two ways; send one of them'
        throw invalid([{ where: 'body', name: 'criteria', rule: 'conflict', message } satisfies Issue])
      }
      const definition =
        defined_report_id === undefined ? undefined : await app.definitions.get(principal, realm, defined_report_id)
      const type = definition?.type ?? 'system'
      const said = criteria ? filterOfCriteria(criteria) : query_filter
      const queryFilter = said ?? definition?.queryFilter ?? null
      const queryOrder = query_order ?? definition?.queryOrder ?? null
      const heading = title ?? definition?.title
      const made = await app.generated.generate(principal, realm, {
        ...(heading === undefined ? {} : { title: heading }),
        ...(definition ? { definition: definition.id } : {}),
        type,
        queryFilter,
        queryOrder,
        question: queryFilter || queryOrder ? understand(app, type, queryFilter, queryOrder) : noQuestion,
      })
      return { [model]: { id: made.id }, result: 'success' } as never
    },
  )
  http.delete(
    '/report/:id',
    {
      schema: {
        operationId: 'removeReport',
        tags,
        summary: 'Delete a generated report',
        params: IdPath,
        response: { 200: Success, ...failures(404) },
      },
    },
    async (request) => {
      const { principal, realm } = callerOf(request)
      await app.generated.remove(principal, realm, request.params.id)
      return { result: 'success' as const }
    },
  )
}
