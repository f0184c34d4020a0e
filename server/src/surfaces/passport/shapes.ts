import Type, { type TSchema } from 'typebox'

const Said = Type.Object({
  code: Type.String({ description: 'What is wrong in square brackets, and the field: `[missing]start`.' }),
  message: Type.String(),
})

/** The body of a refusal. */
export const Errors = Type.Object(
  {
    fieldErrors: Type.Optional(Type.Record(Type.String(), Type.Array(Said))),
    generalErrors: Type.Optional(Type.Array(Said)),
  },
  { $id: 'PassportErrors', description: 'What is wrong, by field and in general; either may be absent.' },
)

const empty = (description: string): object => ({ description })
const told = (description: string): object => ({
  description,
  content: { 'application/json': { schema: Type.Ref('PassportErrors') } },
})

const reasons = {
  400: told('Something that was sent is wrong.'),
  401: empty('The key is missing, unknown, disabled or expired, or may not do this. No body.'),
  404: empty('There is no such thing. No body.'),
  413: told('The body is too large.'),
  429: told('Too many requests; wait for `Retry-After` seconds.'),
  503: told('A part of the server is away or full; try again after `Retry-After` seconds.'),
} as const

/** The refusals that a route with a key may answer, for its document. */
export const refusals = (...statuses: readonly (400 | 404 | 413)[]): Record<number, TSchema> =>
  Object.fromEntries(
    [401, 429, 503, ...statuses].map((status) => [status, reasons[status as keyof typeof reasons]]),
  ) as Record<number, TSchema>
