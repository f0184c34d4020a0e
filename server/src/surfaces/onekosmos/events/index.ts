import type { Surface } from '../../../http/surface.ts'
import { answer, broken } from '../errors.ts'
import { largestBody } from '../json-body.ts'
import { openService } from '../service/open-service.ts'
import { sealedSecurity } from '../service/shapes.ts'
import { putEventRoute } from './put-event.ts'

/** 1Kosmos Events: eight endpoints under `/events`. */
export const eventsSurface: Surface = {
  name: 'onekosmos-events',
  title: '1Kosmos Events',
  about:
    'The 1Kosmos Events API: one event at a time, with encrypted headers and an encrypted or plain body, and what clients need to talk to it.',
  prefix: '/events',
  security: sealedSecurity,
  answer,
  broken,
  bodyBytes: largestBody,
  register: (http, context) => {
    putEventRoute(openService(http, context, 'events'))
  },
}
