import Type from 'typebox'
import type { App } from '../../../app/app.ts'
import type { SubscriptionSeen } from '../../../app/subscriptions/subscription-uses.ts'
import { Fault } from '../../../core/fault.ts'
import { cadences } from '../../../core/schedule.ts'
import type { Caller } from '../auth.ts'
import { ofSubscription } from '../models.ts'
import { readRoutes } from '../read-routes.ts'
import { failures, IdPath, Made, type RouteParts, Success } from '../route.ts'

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
export const subscriptionRoutes = (parts: RouteParts): void => {
  const { http, context, callerOf } = parts
  const { app } = context
  readRoutes(parts, {
    model,
    path: '/report/subscription',
    tags,
    list: { operationId: 'listSubscriptions', summary: 'List the subscriptions to periodic reports' },
    one: { operationId: 'getSubscription', summary: 'One subscription (ours, by analogy)' },
    all: (caller) => subscriptionsOf(app, caller),
    find: (caller, id) => find(app, caller, id),
    of: ofSubscription,
  })
  http.post(
    '/report/subscription',
    {
      schema: {
        operationId: 'subscribe',
        tags,
        summary: 'Subscribe to a periodic report',
        body: Draft,
        response: { 200: Made(model), ...failures(404, 409, 413) },
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
