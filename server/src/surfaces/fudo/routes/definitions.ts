import Type from 'typebox'
import { ofDefinition } from '../models.ts'
import { refuseType, understand } from '../question.ts'
import { readRoutes } from '../read-routes.ts'
import { failures, IdPath, Made, type RouteParts, Success, Text } from '../route.ts'

const model = 'defined_report'
const tags = ['Definitions']

const Title = Type.String({ minLength: 1, maxLength: 256, description: 'What people call it.' })
const nullable = (description: string) => Type.Union([Text(description), Type.Null()])
const asked = {
  query_filter: Type.Optional(nullable('Terms that must all hold; values in it are percent-encoded once.')),
  query_order: Type.Optional(nullable('Attributes, `!` before one that descends.')),
}
const Draft = Type.Object(
  { title: Title, type: Type.String({ maxLength: 64, description: 'What it reports; immutable.' }), ...asked },
  { additionalProperties: false },
)
const Change = Type.Object(
  { title: Type.Optional(Title), type: Type.Optional(Type.String({ maxLength: 64 })), ...asked },
  { additionalProperties: false },
)

/** Report definitions: the predefined ones, and those of the caller. */
export const definitionRoutes = (parts: RouteParts): void => {
  const { http, context, callerOf } = parts
  const { app } = context
  readRoutes(parts, {
    model,
    path: '/report/defined',
    tags,
    list: { operationId: 'listDefinitions', summary: 'List the report definitions, predefined and custom' },
    one: { operationId: 'getDefinition', summary: 'One report definition (ours, by analogy)' },
    all: ({ principal, realm }) => app.definitions.list(principal, realm),
    find: ({ principal, realm }, id) => app.definitions.get(principal, realm, id),
    of: ofDefinition,
  })
  http.post(
    '/report/defined',
    {
      schema: {
        operationId: 'createDefinition',
        tags,
        summary: 'Create a report definition',
        body: Draft,
        response: { 200: Made(model), ...failures(413) },
      },
    },
    async (request) => {
      const { principal, realm } = callerOf(request)
      const { title, type, query_filter = null, query_order = null } = request.body
      refuseType(type)
      const made = await app.definitions.create(principal, realm, {
        title,
        type,
        queryFilter: query_filter,
        queryOrder: query_order,
        question: understand(app, type, query_filter, query_order),
      })
      return { [model]: { id: made.id }, result: 'success' } as never
    },
  )
  http.patch(
    '/report/defined/:id',
    {
      schema: {
        operationId: 'changeDefinition',
        tags,
        summary: 'Change a report definition of your own',
        params: IdPath,
        body: Change,
        response: { 200: Success, ...failures(404, 413) },
      },
    },
    async (request) => {
      const { principal, realm } = callerOf(request)
      const { title, type, query_filter, query_order } = request.body
      const before = await app.definitions.get(principal, realm, request.params.id)
      const queryFilter = query_filter === undefined ? before.queryFilter : query_filter
      const queryOrder = query_order === undefined ? before.queryOrder : query_order
      await app.definitions.change(principal, realm, before.id, {
        ...(title === undefined ? {} : { title }),
        ...(type === undefined ? {} : { type }),
        queryFilter,
        queryOrder,
        question: understand(app, before.type, queryFilter, queryOrder),
      })
      return { result: 'success' as const }
    },
  )
  http.delete(
    '/report/defined/:id',
    {
      schema: {
        operationId: 'removeDefinition',
        tags,
        summary: 'Delete a report definition of your own, and its subscriptions; generated reports stay',
        params: IdPath,
        response: { 200: Success, ...failures(404) },
      },
    },
    async (request) => {
      const { principal, realm } = callerOf(request)
      await app.definitions.remove(principal, realm, request.params.id)
      return { result: 'success' as const }
    },
  )
}
