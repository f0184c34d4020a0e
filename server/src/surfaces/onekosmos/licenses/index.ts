import type { FaultAnswer, Surface } from '../../../http/surface.ts'
import { answer, broken } from '../errors.ts'
import { largestBody } from '../json-body.ts'
import { openService } from '../service/open-service.ts'
import { sealedSecurity } from '../service/shapes.ts'
import { checkRoutes } from './check-routes.ts'
import { manageRoutes } from './manage-routes.ts'

/** This service's clients read `code` beside the message. */
const withCode = (answered: FaultAnswer): FaultAnswer => {
  const { body } = answered
  if (typeof body !== 'object' || body === null || !('statusCode' in body)) return answered
  return { ...answered, body: { code: answered.status, ...body } }
}

/** 1Kosmos licences: who may use the services, and for which communities. */
export const licensesSurface: Surface = {
  name: 'onekosmos-licenses',
  title: '1Kosmos licences',
  about: 'Checks of licences as clients and services make them, and their management for licences of system level.',
  prefix: '/licenses',
  security: sealedSecurity,
  answer: (fault, context) => withCode(answer(fault, context)),
  broken: (requestId) => withCode(broken(requestId)),
  bodyBytes: largestBody,
  register: (http, context) => {
    const parts = openService(http, context, 'licenses')
    checkRoutes(parts)
    manageRoutes(parts)
  },
}
