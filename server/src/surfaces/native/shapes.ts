import Type from 'typebox'

/** An instant in an answer: ISO 8601 in UTC. */
export const Instant = (description: string) => Type.String({ format: 'date-time', description })

/** An instant as it may be sent. */
export const SentInstant = (description: string) =>
  Type.Union([Type.String({ maxLength: 40 }), Type.Integer()], {
    description: `${description}: ISO 8601 (UTC unless it names an offset), or epoch milliseconds.`,
  })

const Id = (description: string) => Type.String({ minLength: 1, maxLength: 128, description })

export const RealmPath = Type.Object({ tenantId: Id('The tenant.'), communityId: Id('The community of the tenant.') })

export const RealmRef = Type.Object(
  { tenantId: Id('The tenant.'), communityId: Id('The community of the tenant.') },
  { additionalProperties: false, description: 'A realm by its two ids.' },
)

export const IdPath = Type.Object({ id: Id('Its id, as the list answers it.') })

/** Items of one answer unless its asker says otherwise. */
export const LIST_LIMIT = 100

export const ListQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000, default: LIST_LIMIT, description: 'Most items of one answer.' }),
    ),
    after: Type.Optional(Type.String({ maxLength: 1_024, description: 'The `next` of the answer before.' })),
  },
  { additionalProperties: false },
)

export const Next = Type.Union([Type.String(), Type.Null()], {
  description: 'Send it as `after` for what follows; null at the end.',
})

export const Issue = Type.Object(
  {
    where: Type.Enum(['header', 'path', 'query', 'body', 'event']),
    name: Type.String({ description: "The field's name, dotted; empty for the whole." }),
    rule: Type.String({ description: 'A short machine word, such as `required` or `type`.' }),
    message: Type.String(),
  },
  { description: 'One thing that is wrong with what was sent.' },
)

export const Problem = Type.Object(
  {
    type: Type.String({ description: '`urn:rollcall:problem:` and what it is.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    issues: Type.Optional(Type.Array(Issue)),
  },
  { $id: 'Problem', description: 'A problem document (RFC 9457).' },
)

/** The problems that any route with a key can answer, for its document. */
export const problems = (...statuses: readonly (404 | 406 | 409 | 412 | 413 | 422 | 503)[]) =>
  Object.fromEntries(
    [400, 401, 403, 429, ...statuses].map((status) => [
      status,
      { description: reasons[status] ?? '', content: { 'application/problem+json': { schema: Type.Ref('Problem') } } },
    ]),
  )

const reasons: Readonly<Record<number, string>> = {
  400: 'What was sent is not valid; `issues` name each field.',
  401: 'No key was sent, or it is unknown, disabled or expired.',
  403: 'The key may not do this, or not here.',
  404: 'There is no such realm or thing.',
  406: 'Nothing that `Accept` takes can be answered; the sentence names what can.',
  409: 'It is there already, or something else has its name.',
  412: 'It has changed since; read it again.',
  413: 'What was sent is too large.',
  422: 'The question costs more than the settings allow.',
  429: 'Too many requests; wait for `Retry-After` seconds.',
  503: 'A part of the server is away or full; try again after `Retry-After` seconds.',
}
