import type { Caller } from './auth.ts'
import { ListQuery, mapped, readListing, readOne } from './list.ts'
import { type Entry, type Model, say } from './models.ts'
import { FieldsQuery, failures, IdPath, Many, One, type RouteParts } from './route.ts'

/** How the records of a model are read. */
export interface Readable<T> {
  readonly model: Model
  readonly path: string
  readonly tags: readonly string[]
  /** What the two operations are called, and what they do. */
  readonly list: { readonly operationId: string; readonly summary: string }
  readonly one: { readonly operationId: string; readonly summary: string }
  /** All that the caller sees, those that were removed too. */
  readonly all: (caller: Caller) => AsyncIterable<T>
  /** @throws Fault `not-found` */
  readonly find: (caller: Caller, id: string) => Promise<T>
  /** A record as the wire has it. */
  readonly of: (record: T) => Entry
}

/** The two routes that read a model: its list, and one record. */
export const readRoutes = <T>(
  { http, context, callerOf }: RouteParts,
  { model, path, tags, list, one, all, find, of }: Readable<T>,
): void => {
  const { zoneOf } = context.app.realms
  http.get(
    path,
    { schema: { ...list, tags, querystring: ListQuery, response: { 200: Many(model), ...failures() } } },
    async (request) => {
      const caller = callerOf(request)
      const listing = readListing(model, request.query)
      return (await listing.apply(mapped(all(caller), of), await zoneOf(caller.realm))) as never
    },
  )
  http.get(
    `${path}/:id`,
    {
      schema: {
        ...one,
        tags,
        params: IdPath,
        querystring: FieldsQuery,
        response: { 200: One(model), ...failures(404) },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const fields = readOne(model, request.query)
      const found = await find(caller, request.params.id)
      return { result: 'success', [model]: say(of(found), await zoneOf(caller.realm), fields) } as never
    },
  )
}
