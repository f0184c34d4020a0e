import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Http } from './surface.ts'

type Write = (data: unknown) => string

/**
 * Makes the serialiser of an answer when it is first given: to make those of all routes is a third of a start's work.
 * The first route of each instance keeps the usual way, by which its compiler is there for the others.
 */
export const serialiseLate = (http: Http): void => {
  const begun = new WeakSet<FastifyInstance>()
  http.addHook('onRoute', function (this: FastifyInstance, route: RouteOptions) {
    if (!route.schema?.response) return
    if (!begun.has(this)) {
      begun.add(this)
      return
    }
    route.serializerCompiler = (definition) => {
      let write: Write | undefined
      return (data: unknown) => {
        write ??= this.serializerCompiler?.(definition)
        if (!write) throw new Error(`There is no compiler for the answers of ${route.url}`)
        return write(data)
      }
    }
  })
}
