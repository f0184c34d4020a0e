import type { FaultAnswer } from '../../http/surface.ts'
import { failure } from './errors.ts'

/** The methods of each path of the surface, by its pattern: `/report/:id` for instance. */
export type Served = ReadonlyMap<string, ReadonlySet<string>>

const order = ['GET', 'POST', 'PATCH', 'DELETE']

const matchesPattern = (pattern: string, path: string): boolean => {
  const [wanted, parts] = [pattern.split('/'), path.split('/')]
  return wanted.length === parts.length && wanted.every((part, at) => part.startsWith(':') || part === parts[at])
}

/** What is answered where nothing is: 405 with `Allow` on a path that does something else, otherwise 404. */
export const answerUnserved = (served: Served, method: string, path: string): FaultAnswer => {
  const patterns = [...served.keys()].filter((pattern) => matchesPattern(pattern, path))
  // A pattern without a hole is the path itself; it goes before `/report/:id`.
  const pattern = patterns.find((one) => !one.includes(':')) ?? patterns[0]
  if (pattern === undefined) return failure(404, `Nothing is served at ${method} /api/v2${path}`)
  const allowed = order.filter((one) => served.get(pattern)?.has(one))
  return failure(405, `${method} is not done here; what is: ${allowed.join(', ')}`, {
    headers: { allow: allowed.join(', ') },
  })
}
