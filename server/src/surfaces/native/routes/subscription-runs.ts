import Type from 'typebox'
import type { RouteParts } from '../route.ts'
import { LIST_LIMIT, ListQuery, Next, problems, RealmPath } from '../shapes.ts'
import { Run, sayRun } from '../subscription-shapes.ts'

const Id = (description: string) => Type.String({ minLength: 1, maxLength: 128, description })
const SubscriptionPath = Type.Object({ ...RealmPath.properties, id: Id('The subscription.') })
const RunPath = Type.Object({ ...SubscriptionPath.properties, runId: Id('The run.') })

const Again = Type.Object(
  { delivery: Type.Optional(Id('Only this message of the run; all of its newest when left out.')) },
  { additionalProperties: false },
)

const tags = ['Subscriptions']

/** The ledger of a subscription: what became of each period; made now, sent again. */
export const subscriptionRunRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  const { subscriptions } = app
  http.get(
    '/realms/:tenantId/:communityId/subscriptions/:id/runs',
    {
      schema: {
        operationId: 'listSubscriptionRuns',
        tags,
        summary: 'The ledger of a subscription, the newest period first',
        params: SubscriptionPath,
        querystring: ListQuery,
        response: { 200: Type.Object({ runs: Type.Array(Run), next: Next }), ...problems(404, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { tenantId, communityId, id } = request.params
      const { limit = LIST_LIMIT, after } = request.query
      const realm = await app.enter(caller, tenantId, communityId)
      const found = await subscriptions.runs(caller, realm, id, { limit, ...(after === undefined ? {} : { after }) })
      return { runs: found.map(sayRun), next: found.length < limit ? null : (found.at(-1)?.id ?? null) }
    },
  )
  http.get(
    '/realms/:tenantId/:communityId/subscriptions/:id/runs/:runId',
    {
      schema: {
        operationId: 'getSubscriptionRun',
        tags,
        summary: 'Show a run',
        params: RunPath,
        response: { 200: Run, ...problems(404, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { tenantId, communityId, id, runId } = request.params
      return sayRun(await subscriptions.run(caller, await app.enter(caller, tenantId, communityId), id, runId))
    },
  )
  http.post(
    '/realms/:tenantId/:communityId/subscriptions/:id/run',
    {
      schema: {
        operationId: 'runSubscription',
        tags,
        summary: 'Make and send the report of the last period now, beside the schedule',
        params: SubscriptionPath,
        response: { 202: Run, ...problems(404, 503) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { tenantId, communityId, id } = request.params
      const run = await subscriptions.runNow(caller, await app.enter(caller, tenantId, communityId), id)
      return reply.code(202).send(sayRun(run))
    },
  )
  http.post(
    '/realms/:tenantId/:communityId/subscriptions/:id/runs/:runId/resend',
    {
      preValidation: async (request) => {
        request.body ??= {}
      },
      schema: {
        operationId: 'resendSubscriptionRun',
        tags,
        summary: 'Send a run again',
        description:
          'A run that failed is made again. One that was made goes out again: what failed or is unknown under its own id, what was sent as a new message.',
        params: RunPath,
        body: Again,
        response: { 202: Run, ...problems(404, 409, 413, 503) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { tenantId, communityId, id, runId } = request.params
      const realm = await app.enter(caller, tenantId, communityId)
      const run = await subscriptions.resend(caller, realm, id, runId, request.body.delivery)
      return reply.code(202).send(sayRun(run))
    },
  )
}
