import type { Http, SurfaceContext } from '../../../http/surface.ts'
import type { Envelope } from '../envelope/envelope.ts'

/** What every route of one service stands on. */
export interface ServiceParts {
  readonly http: Http
  readonly context: SurfaceContext
  readonly envelope: Envelope
}
