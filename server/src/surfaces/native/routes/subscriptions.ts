import Type from 'typebox'
import { invalid } from '../../../core/fault.ts'
import type { Subject } from '../../../core/subscription.ts'
import { refuseAsked } from '../report-params.ts'
import type { RouteParts } from '../route.ts'
import { filterLanguage, readSearchFilter } from '../search-filter.ts'
import { LIST_LIMIT, ListQuery, Next, problems, RealmPath } from '../shapes.ts'
import { readRecipient, Secret, Subscription, saySubscription, sendingMembers } from '../subscription-shapes.ts'

const Draft = Type.Object(
  {
    report: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: 'A report, as GET /v1/reports lists them.' }),
    ),
    definition: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: 'Or a definition of the realm.' }),
    ),
    filter: Type.Optional(Type.Object({}, { additionalProperties: true, description: filterLanguage })),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The report's own parameters." })),
    order: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 10 })),
    ...sendingMembers,
    formats: Type.Optional(sendingMembers.formats),
    time: Type.Optional(sendingMembers.time),
    paused: Type.Optional(sendingMembers.paused),
  },
  { additionalProperties: false },
)

const Change = Type.Partial(
  Type.Object(
    {
      ...sendingMembers,
      newSecret: Type.Boolean({ description: 'Whether its webhooks are signed by a new secret from now on.' }),
    },
    { additionalProperties: false },
  ),
)

const SubscriptionPath = Type.Object({
  ...RealmPath.properties,
  id: Type.String({ minLength: 1, maxLength: 128, description: 'The subscription.' }),
})
const WithSecret = Type.Object({ ...Subscription.properties, secret: Secret })
const tags = ['Subscriptions']

const subjectOf = ({ report, definition }: { report?: string; definition?: string }): Subject => {
  if (report !== undefined && definition === undefined) return { report }
  if (definition !== undefined && report === undefined) return { definition }
  throw invalid([
    { where: 'body', name: 'report', rule: 'required', message: 'Name a report or a definition, and not both' },
  ])
}

/** Subscriptions: create, list, show, change, remove. */
export const subscriptionRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  const { subscriptions } = app
  http.post(
    '/realms/:tenantId/:communityId/subscriptions',
    {
      schema: {
        operationId: 'createSubscription',
        tags,
        summary: 'Have a report sent every day, week, month, quarter or year',
        description:
          "Made as the caller, with the caller's rights of each time. The first report is that of the period under way.",
        params: RealmPath,
        body: Draft,
        response: { 201: WithSecret, ...problems(404, 409, 413, 503) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      const sent = request.body
      const subject = subjectOf(sent)
      const report = subject.report === undefined ? undefined : app.reports.get(subject.report)
      if (report) refuseAsked(report, sent)
      const { subscription, secret } = await subscriptions.create(caller, realm, {
        subject,
        ...(sent.params ? { params: sent.params } : {}),
        ...(sent.filter ? { filter: readSearchFilter(sent.filter, 'body'), wrote: sent.filter } : {}),
        ...(sent.order ? { order: sent.order } : {}),
        formats: sent.formats ?? ['pdf'],
        cadence: sent.period,
        ...(sent.time === undefined ? {} : { time: sent.time }),
        ...(sent.paused === undefined ? {} : { paused: sent.paused }),
        recipients: sent.recipients.map(readRecipient),
      })
      return reply.code(201).send({ ...saySubscription(subscription), secret })
    },
  )
  http.get(
    '/realms/:tenantId/:communityId/subscriptions',
    {
      schema: {
        operationId: 'listSubscriptions',
        tags,
        summary: "List one's subscriptions; whoever may read everybody's reports sees all of the realm",
        params: RealmPath,
        querystring: ListQuery,
        response: {
          200: Type.Object({ subscriptions: Type.Array(Subscription), next: Next }),
          ...problems(404, 503),
        },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const realm = await app.enter(caller, request.params.tenantId, request.params.communityId)
      const { limit = LIST_LIMIT, after } = request.query
      const found = await subscriptions.list(caller, realm, { limit, ...(after === undefined ? {} : { after }) })
      return {
        subscriptions: found.map(saySubscription),
        next: found.length < limit ? null : (found.at(-1)?.id ?? null),
      }
    },
  )
  http.get(
    '/realms/:tenantId/:communityId/subscriptions/:id',
    {
      schema: {
        operationId: 'getSubscription',
        tags,
        summary: 'Show a subscription',
        params: SubscriptionPath,
        response: { 200: Subscription, ...problems(404, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { tenantId, communityId, id } = request.params
      return saySubscription(await subscriptions.get(caller, await app.enter(caller, tenantId, communityId), id))
    },
  )
  http.patch(
    '/realms/:tenantId/:communityId/subscriptions/:id',
    {
      schema: {
        operationId: 'changeSubscription',
        tags,
        summary: 'Change when, to whom and in which form it is sent, or pause it',
        description:
          'With another period it begins anew with the one under way; a period that ended and was not sent yet stands in the ledger as skipped.',
        params: SubscriptionPath,
        body: Change,
        response: { 200: WithSecret, ...problems(404, 409, 413, 503) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { tenantId, communityId, id } = request.params
      const { period, recipients, ...same } = request.body
      const { subscription, secret } = await subscriptions.update(
        caller,
        await app.enter(caller, tenantId, communityId),
        id,
        {
          ...same,
          ...(period === undefined ? {} : { cadence: period }),
          ...(recipients === undefined ? {} : { recipients: recipients.map(readRecipient) }),
        },
      )
      return { ...saySubscription(subscription), secret }
    },
  )
  http.delete(
    '/realms/:tenantId/:communityId/subscriptions/:id',
    {
      schema: {
        operationId: 'removeSubscription',
        tags,
        summary: 'Remove a subscription; nothing more is sent',
        params: SubscriptionPath,
        response: { 204: Type.Null(), ...problems(404, 503) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request)
      const { tenantId, communityId, id } = request.params
      await subscriptions.remove(caller, await app.enter(caller, tenantId, communityId), id)
      return reply.code(204).send(null)
    },
  )
}
