import type { FastifyRequest } from 'fastify'
import type { Http, SurfaceContext } from '../../http/surface.ts'
import type { Caller } from './auth.ts'

/** What a route without a key is given. */
export interface OpenRouteParts {
  readonly http: Http
  readonly context: SurfaceContext
}

/** What a route with a key is given. */
export interface RouteParts extends OpenRouteParts {
  /** Who asks, and in which realm. */
  readonly callerOf: (request: FastifyRequest) => Caller
}
