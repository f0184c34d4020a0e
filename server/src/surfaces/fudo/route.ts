import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Http, SurfaceContext } from '../../http/surface.ts'
import type { Caller } from './auth.ts'

/** What every route file is given. */
export interface RouteParts {
  readonly http: Http
  readonly context: SurfaceContext
  readonly callerOf: (request: FastifyRequest) => Caller
}

export const Failure = Type.Object(
  {
    result: Type.Literal('failure'),
    message: Type.String({ description: 'What happened, and what to do next.' }),
    errors: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.String()), { description: 'What is wrong, by attribute.' }),
    ),
  },
  { $id: 'Failure', description: 'The form of failures is ours; the vendor’s is not published.' },
)

export const failures = (...statuses: readonly number[]): Record<number, object> =>
  Object.fromEntries([400, 401, 403, 429, ...statuses].map((status) => [status, Type.Ref('Failure')]))

export const Success = Type.Object({ result: Type.Literal('success') })
export const Made = (model: string) =>
  Type.Object({ [model]: Type.Object({ id: Type.String() }), result: Type.Literal('success') })

const Shown = Type.Record(Type.String(), Type.Union([Type.String(), Type.Boolean()]))
export const One = (model: string) => Type.Object({ result: Type.Literal('success'), [model]: Shown })
export const Many = (model: string) =>
  Type.Object({
    result: Type.Literal('success'),
    [model]: Type.Array(Shown),
    total_count: Type.Optional(Type.Integer()),
  })

export const IdPath = Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) })
export const FieldsQuery = Type.Object({ fields: Type.Optional(Type.String()) }, { additionalProperties: false })
export const Text = (description: string) => Type.String({ maxLength: 16_384, description })
