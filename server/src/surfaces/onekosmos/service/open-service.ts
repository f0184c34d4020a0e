import type { Http, SurfaceContext } from '../../../http/surface.ts'
import { createEnvelope, type Service } from '../envelope/envelope.ts'
import { keepJsonBodies } from '../json-body.ts'
import { directoryRoute } from './directory.ts'
import { ecdsaHelperRoutes } from './ecdsa-helper.ts'
import { environmentRoute } from './environment.ts'
import { healthzRoute } from './healthz.ts'
import { publicKeyRoute } from './public-key.ts'
import { serviceKeyRoutes } from './service-keys.ts'
import type { ServiceParts } from './service-parts.ts'

/**
 * Makes an instance one of this dialect: its schemas describe and do not refuse, since everything that is wrong with
 * headers and body is said at once, and bodies keep their text.
 */
export const speakOnekosmos = (http: Http, context: SurfaceContext): void => {
  http.setValidatorCompiler(() => () => true)
  keepJsonBodies(http, context)
}

/** Opens a service at the instance's prefix: its own key pair, and the routes that all services have. */
export const openService = (http: Http, context: SurfaceContext, service: Service): ServiceParts => {
  speakOnekosmos(http, context)
  const parts = { http, context, envelope: createEnvelope(context, service) }
  http.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      statusCode: 404,
      error: 'Not Found',
      message: `Nothing is served at ${request.method} ${request.url.split('?')[0]}; /docs lists what is`,
    }),
  )
  serviceKeyRoutes(parts)
  ecdsaHelperRoutes(parts)
  environmentRoute(parts)
  healthzRoute(parts)
  publicKeyRoute(parts)
  directoryRoute(parts)
  return parts
}
