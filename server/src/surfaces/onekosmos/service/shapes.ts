import { type TSchema, Type } from 'typebox'

const text = (description: string) => Type.String({ description })

/** The three headers of a protected request. */
export const SealedHeaders = Type.Object({
  licensekey: text('The licence key, encrypted for this service'),
  requestid: text('JSON text of appid, uuid and ts (epoch seconds, near enough to now), encrypted for this service'),
  publickey: text("The caller's public key: base64 of the 64 bytes X and Y on secp256k1"),
})

/** A body that says what went wrong; in the observed profile a 400 holds `errors` alone. */
export const Problem = Type.Object({
  statusCode: Type.Optional(Type.Integer()),
  error: Type.Optional(text("The status in words, 'Bad Request' for instance")),
  message: Type.Optional(text('What happened, and what to do')),
  errors: Type.Optional(
    Type.Array(
      Type.Object({
        message: text('What is wrong with it'),
        param: text('The header or field that is wrong'),
      }),
    ),
  ),
})

const sentences = {
  400: 'Something in the request is wrong; everything that is wrong is named',
  401: 'The headers are missing or wrong, or the licence is unknown, disabled or expired',
  403: 'The licence has not the rights for this',
  404: 'There is no such thing here',
  413: 'The body is larger than the limit that the message names',
  429: 'Too many requests; Retry-After says when to try again',
  503: 'A part is away or full; Retry-After says when to try again',
}

/** The refusals that a route may answer, for its document. */
export const refusals = (...statuses: readonly (keyof typeof sentences)[]): Record<number, TSchema> =>
  Object.fromEntries(statuses.map((status) => [status, { ...Problem, description: sentences[status] }]))

/** OpenAPI's security schemes of a service. */
export const sealedSecurity = {
  licensekey: { type: 'apiKey', in: 'header', name: 'licensekey', description: 'The licence key, encrypted' },
  requestid: { type: 'apiKey', in: 'header', name: 'requestid', description: 'The request id, encrypted' },
  publickey: { type: 'apiKey', in: 'header', name: 'publickey', description: "The caller's public key" },
} as const

/** The three headers together, as a route's requirement. */
export const sealed = [{ licensekey: [], requestid: [], publickey: [] }]
