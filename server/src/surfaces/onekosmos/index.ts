import type { Surface } from '../../http/surface.ts'
import { discoverySurface } from './discovery/index.ts'
import { eventsSurface } from './events/index.ts'
import { licensesSurface } from './licenses/index.ts'

export const surfaces: readonly Surface[] = [eventsSurface, discoverySurface, licensesSurface]
