import Type, { type TSchema } from 'typebox'
import { MOST } from './parameters.ts'

const text = (description?: string) => Type.Optional(Type.String(description === undefined ? {} : { description }))

const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

/** What narrows a list and an export alike. */
export const Narrowing = Type.Object({
  fromDate: instant('From this time, included. Without `toDate`: until now.'),
  toDate: instant('Until this time, included. Without `fromDate`: everything before.'),
  timespan: text(
    'Back from now: an ISO 8601 duration by the calendar in UTC, such as P30D, P1M or P0DT1H. P30D when neither date is given; not together with a date.',
  ),
  status: Type.Optional(Type.Enum(['succeeded', 'failed'])),
  filter: text('A text that some text of the event holds, whatever the case.'),
  filterType: Type.Optional(
    Type.Enum(['loginId', 'userId', 'description'], { description: 'Where `filter` looks; everywhere when absent.' }),
  ),
})

export const Paging = Type.Object({
  ...Narrowing.properties,
  offset: Type.Optional(Type.Integer({ minimum: 1, default: 1, description: 'The page, from 1.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST, default: 50, description: 'Events of a page.' })),
})

/** An event in Nevis's form. One that was sent in it comes back with every member that it had. */
export const Event = Type.Object(
  {
    eventId: Type.String(),
    name: Type.String({ description: "Nevis's name where there is one, else the sender's." }),
    description: Type.String(),
    timestamp: Type.String({ format: 'date-time' }),
    status: Type.Enum(['succeeded', 'failed']),
    actor: Type.Optional(
      Type.Object(
        { id: text(), loginId: text(), userAgent: text(), type: text('admin, api or user') },
        { additionalProperties: true },
      ),
    ),
    user: Type.Optional(
      Type.Object(
        {
          id: text(),
          loginId: text(),
          firstName: text(),
          lastName: text(),
          state: text(),
          languageCode: text(),
          properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
        },
        { additionalProperties: true },
      ),
    ),
    application: Type.Optional(Type.Object({ id: text(), name: text() }, { additionalProperties: true })),
    accessKey: Type.Optional(Type.Object({ id: text(), name: text() }, { additionalProperties: true })),
  },
  { $id: 'NevisEvent', additionalProperties: true },
)

export const Errors = Type.Object(
  { errors: Type.Array(Type.Object({ code: Type.String(), message: Type.String(), field: text() })) },
  { $id: 'NevisErrors', description: 'What is wrong; `field` names the parameter.' },
)

const reasons = {
  400: 'A parameter is wrong; `field` names it.',
  401: 'The access key is missing, unknown, expired, or of another instance.',
  403: 'The access key may not read events.',
  404: 'There is no such event.',
  413: 'What was sent is too large.',
  422: 'The question costs too much; narrow it.',
  429: 'Too many requests; wait for `Retry-After` seconds.',
  500: 'Something unexpected happened.',
  503: 'A part of the server is away; try again after `Retry-After` seconds.',
} as const

type Reason = keyof typeof reasons

const told = (status: Reason): object => ({
  description: reasons[status],
  content: { 'application/json': { schema: Type.Ref('NevisErrors') } },
})

/** The refusals of a route, for its document. */
export const refusals = (...statuses: readonly Reason[]): Record<number, TSchema> =>
  Object.fromEntries(
    [401, 403, 429, 500, 503, ...statuses].map((status) => [status, told(status as Reason)]),
  ) as Record<number, TSchema>
