import type { Surface } from '../../http/surface.ts'
import { discoverySurface } from './discovery/index.ts'
import { eventsSurface } from './events/index.ts'
import { licensesSurface } from './licenses/index.ts'
import { reportsSurface } from './reports/index.ts'

export const surfaces: readonly Surface[] = [eventsSurface, reportsSurface, discoverySurface, licensesSurface]
