import Type from 'typebox'
import { type BatchRequest, type Perform, refuseRequests, runBatch } from '../batch.ts'
import { failures, type RouteParts } from '../route.ts'

const members = {
  method: Type.String({ maxLength: 16 }),
  endpoint: Type.String({ maxLength: 1_024, description: 'A path under /api/v2; may hold references.' }),
  params: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
  data: Type.Optional(Type.Unknown({ description: 'The body.' })),
  atomic: Type.Optional(Type.Boolean({ description: 'Instead of the batch’s own.' })),
}
const closed = { additionalProperties: false }

const Batch = Type.Object(
  {
    atomic: Type.Optional(Type.Boolean({ description: 'All or nothing; false when left out.' })),
    variables: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
    requests: Type.Union(
      [
        Type.Array(Type.Object({ id: Type.Union([Type.String(), Type.Integer()]), ...members }, closed)),
        Type.Record(Type.String(), Type.Object(members, closed)),
      ],
      { description: 'A list with ids, or an object by id.' },
    ),
  },
  closed,
)

/** Several requests in one, in their order. */
export const batchRoute = ({ http, callerOf }: RouteParts): void => {
  http.post(
    '/batch',
    {
      schema: {
        operationId: 'batch',
        tags: ['Batch'],
        summary: 'Several requests in one, all or nothing if asked',
        body: Batch,
        response: {
          200: Type.Object({
            result: Type.Union([Type.Literal('success'), Type.Literal('failure')]),
            message: Type.Optional(Type.String()),
            responses: Type.Array(Type.Unknown()),
          }),
          ...failures(413),
        },
      },
    },
    async (request) => {
      callerOf(request)
      const { atomic = false, variables = {}, requests: sent } = request.body
      const requests: readonly BatchRequest[] = Array.isArray(sent)
        ? sent.map((one) => ({ ...one, id: String(one.id) }))
        : Object.entries(sent).map(([id, one]) => ({ ...one, id }))
      refuseRequests(requests)
      const perform: Perform = async (method, path, data) => {
        const answer = await http.inject({
          method: method as 'GET',
          url: `/api/v2${path}`,
          remoteAddress: request.ip,
          headers: {
            authorization: request.headers.authorization ?? '',
            ...(data === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(data === undefined ? {} : { payload: JSON.stringify(data) }),
        })
        const json = String(answer.headers['content-type'] ?? '').startsWith('application/json')
        const message = 'A file is not answered in a batch; download it by itself'
        return json
          ? { status: answer.statusCode, body: answer.json() as Record<string, unknown> }
          : { status: 400, body: { result: 'failure', message } }
      }
      const { failed, answers } = await runBatch(perform, requests, variables, atomic)
      return failed === undefined
        ? { result: 'success' as const, responses: [...answers] }
        : {
            result: 'failure' as const,
            message: `The request ${failed} failed; what atomic requests did was taken back`,
            responses: [...answers],
          }
    },
  )
}
