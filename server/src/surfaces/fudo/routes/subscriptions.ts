import Type from 'typebox'
import type { App } from '../../../app/app.ts'
import type { SubscriptionSeen } from '../../../app/subscriptions/subscription-uses.ts'
import { Fault } from '../../../core/fault.ts'
import { cadences } from '../../../core/schedule.ts'
import type { Caller } from '../auth.ts'
import { ListQuery, mapped, readListing, readOne } from '../list.ts'
import { ofSubscription, say } from '../models.ts'
import { FieldsQuery, failures, IdPath, Made, Many, One, type RouteParts, Success } from '../route.ts'

const model = 'defined_report_subscription'
const tags = ['Subscriptions']
const BATCH = 500

const Draft = Type.Object(
  {
    period: Type.Enum([...cadences], { description: 'How often it is generated.' }),
    defined_report_id: Type.String({ minLength: 1, maxLength: 128 }),
    user_id: Type.Optional(Type.String({ maxLength: 256, description: 'For whom; the user of the key.' })),
  },
  { additionalProperties: false },
)

/** The subscriptions of definitions; those of other reports are the native API's. */
async function* subscriptionsOf(app: App, { principal, realm }: Caller): AsyncGenerator<SubscriptionSeen> {
  for (let after: string | undefined; ; ) {
    const page = await app.subscriptions.list(principal, realm, {
      limit: BATCH,
      ...(after === undefined ? {} : { after }),
    })
    yield* page.filter(({ subject }) => subject.definition !== undefined)
    after = page.at(-1)?.id
    if (page.length < BATCH) return
  }
}

const find = async (app: App, { principal, realm }: Caller, id: string): Promise<SubscriptionSeen> => {
  const found = await app.subscriptions.get(principal, realm, id)
  if (found.subject.definition !== undefined) return found
  throw new Fault('not-found', { what: 'subscription', id }, 'There is no subscription with this id')
}

/** Subscriptions to periodic reports: list, one, subscribe, unsubscribe. */
export const subscriptionRoutes = ({ http, context, callerOf }: RouteParts): void => {
  const { app } = context
  http.get(
    '/report/subscription',
    {
      schema: {
        operationId: 'listSubscriptions',
        tags,
        summary: 'List the subscriptions to periodic reports',
        querystring: ListQuery,
        response: { 200: Many(model), ...failures(400) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const listing = readListing(model, request.query)
      return (await listing.apply(
        mapped(subscriptionsOf(app, caller), ofSubscription),
        await app.realms.zoneOf(caller.realm),
      )) as never
    },
  )
  http.get(
    '/report/subscription/:id',
    {
      schema: {
        operationId: 'getSubscription',
        tags,
        summary: 'One subscription (ours, by analogy)',
        params: IdPath,
        querystring: FieldsQuery,
        response: { 200: One(model), ...failures(400, 404) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const fields = readOne(model, request.query)
      const found = await find(app, caller, request.params.id)
      const zone = await app.realms.zoneOf(caller.realm)
      return { result: 'success', [model]: say(ofSubscription(found), zone, fields) } as never
    },
  )
  http.post(
    '/report/subscription',
    {
      schema: {
        operationId: 'subscribe',
        tags,
        summary: 'Subscribe to a periodic report',
        body: Draft,
        response: { 200: Made(model), ...failures(400, 404, 409, 413) },
      },
    },
    async (request) => {
      const { principal, realm } = callerOf(request)
      const { period, defined_report_id, user_id = principal.user } = request.body
      if (user_id !== principal.user)
        throw new Fault(
          'forbidden',
          { reason: 'permission', need: 'the user itself' },
          'A subscription is for the user of the key; leave user_id out',
        )
      const { subscription } = await app.subscriptions.create(principal, realm, {
        id: await app.definitions.nextId(),
        subject: { definition: defined_report_id },
        cadence: period,
        formats: ['html'],
        recipients: [],
      })
      return { [model]: { id: subscription.id }, result: 'success' } as never
    },
  )
  http.delete(
    '/report/subscription/:id',
    {
      schema: {
        operationId: 'unsubscribe',
        tags,
        summary: 'Unsubscribe',
        params: IdPath,
        response: { 200: Success, ...failures(404) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { id } = await find(app, caller, request.params.id)
      await app.subscriptions.remove(caller.principal, caller.realm, id)
      return { result: 'success' as const }
    },
  )
}
