import type { Surface } from '../../../http/surface.ts'
import { answer, broken } from '../errors.ts'
import { largestBody } from '../json-body.ts'
import { directoryRoute } from '../service/directory.ts'
import { ecdsaHelperRoutes } from '../service/ecdsa-helper.ts'
import { environmentRoute } from '../service/environment.ts'
import { speakOnekosmos } from '../service/open-service.ts'
import { communityInfoRoute } from './community-info.ts'

/** What the published clients ask before anything else, at the root of the host. */
export const discoverySurface: Surface = {
  name: 'onekosmos-discovery',
  title: '1Kosmos discovery',
  about: 'How clients of the 1Kosmos services find tenants, services and settings; no key is needed.',
  prefix: '',
  answer,
  broken,
  bodyBytes: largestBody,
  register: (http, context) => {
    speakOnekosmos(http, context)
    directoryRoute({ http, context }, '/caas/sd')
    environmentRoute({ http, context }, '/caas/environment')
    ecdsaHelperRoutes({ http }, '/caas/ecdsa_helper')
    communityInfoRoute(http, context)
  },
}
