import type { FastifyBaseLogger } from 'fastify'
import type { AddressLimits } from './rate-limits.ts'
import type { Surface, SurfaceContext } from './surface.ts'
import type { RealmIds } from './whose.ts'

/** What the server is built from. */
export interface ServerOptions {
  readonly surfaces: readonly Surface[]
  readonly context: SurfaceContext
  readonly log: FastifyBaseLogger
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly trustProxy: boolean
  readonly rates: AddressLimits
  /** A connection on which nothing moves for so many milliseconds is closed; longer than any answer takes. */
  readonly quietMs: number
  /** The metrics in Prometheus's text form. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>
  /** Told of every answer: the surface, the route's pattern, the status and the seconds that it took. */
  readonly observe: (answer: {
    surface: string
    route: string
    method: string
    status: number
    seconds: number
  }) => void
  /** Told of a request that failed in a way nobody foresaw, where its realm is known. */
  readonly broke?: (realm: RealmIds, what: string, requestId: string) => void
}
