import type {} from '@fastify/compress'
import { Type } from 'typebox'
import type { Receipt } from '../../../core/event.ts'
import { type Issue, invalid } from '../../../core/fault.ts'
import { enterRealm } from '../enter.ts'
import type { ServiceParts } from '../service/service-parts.ts'
import { refusals, SealedHeaders, sealed } from '../service/shapes.ts'
import { readData, readEvent } from './read-event.ts'

const schema = {
  summary: 'Create an event',
  description:
    'Stores one event with every field that was sent. It is durable when the answer arrives. `data` is the encrypted JSON text of the event, or the event itself where plain bodies are taken. `type` is required; the time of the event is `timestamp`, else `epoch_time`, else `event_ts`, else now. An event with an `event_id` that was sent before is answered like the first time and stored once; an event whose `type` is `transaction` is listed under transactions.',
  tags: ['Tenant'],
  security: sealed,
  headers: SealedHeaders,
  params: Type.Object({
    tenantId: Type.String({ description: 'The id of the tenant' }),
    communityId: Type.String({ description: 'The id of the community' }),
    eventName: Type.String({ description: 'The name of the event, E_LOGIN_SUCCEEDED for instance' }),
  }),
  body: Type.Object({
    data: Type.Union([
      Type.String({ description: 'The encrypted JSON text of the event' }),
      Type.Object(
        {
          type: Type.String({ description: "'event', or 'transaction'" }),
          timestamp: Type.Optional(Type.String({ description: 'Time of the event, in UTC unless it says its zone' })),
          epoch_time: Type.Optional(Type.Number({ description: 'Time of the event in seconds' })),
          event_id: Type.Optional(Type.String({ description: 'One’s own id of the event' })),
        },
        { additionalProperties: true, description: 'The event itself' },
      ),
    ]),
  }),
  response: {
    200: Type.Object(
      {
        status: Type.Literal('OK'),
        event_id: Type.String({ description: 'The id under which the event is stored' }),
      },
      { description: 'The event is durable' },
    ),
    ...refusals(400, 401, 403, 413, 429, 503),
  },
}

/** Says ingest's issues with the names that the sender knows. */
const renamed = (issue: Issue, timeFrom: string): Issue => {
  if (issue.name === 'event_name') return { ...issue, where: 'path', name: 'eventName' }
  return issue.name === 'timestamp' ? { ...issue, name: timeFrom } : issue
}

/** `PUT /tenant/{tenantId}/community/{communityId}/event/{eventName}`; one contract for events and reports. */
export const putEventRoute = (parts: ServiceParts): void => {
  const { http, context, envelope } = parts
  const { app, onekosmos } = context
  http.put(
    '/tenant/:tenantId/community/:communityId/event/:eventName',
    { schema, compress: false },
    async (request) => {
      const path = request.params
      const opened = await envelope.open(request.headers)
      const data = readData(request.sentJson, opened.channel, onekosmos.plain)
      const read = data.ok ? readEvent(data.value, path, app.eventLimits) : data
      const caller = await envelope.admit(opened, read.ok ? [] : read.issues)
      if (!read.ok) throw invalid(read.issues)
      // 1Kosmos Events lists no 404 here: a realm that is not there is answered like one that is not the caller's.
      const realm = await enterRealm(app, caller, path, () => false)
      const [receipt]: readonly (Receipt | undefined)[] = await app.ingest(caller.principal, realm, [read.value.draft])
      if (!receipt) throw new Error('Ingest answered no receipt')
      if (receipt.outcome === 'refused')
        throw invalid(receipt.issues.map((issue) => renamed(issue, read.value.timeFrom)))
      return { status: 'OK' as const, event_id: receipt.event_id }
    },
  )
}
