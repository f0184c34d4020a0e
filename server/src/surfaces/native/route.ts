import type { FastifyRequest } from 'fastify'
import type { Principal } from '../../core/principal.ts'
import type { Http, SurfaceContext } from '../../http/surface.ts'

/** What every route file is given. */
export interface RouteParts {
  readonly http: Http
  readonly context: SurfaceContext
  readonly callerOf: (request: FastifyRequest) => Principal
}
