import type { FastifyRequest } from 'fastify'
import { invalid } from '../core/fault.ts'

/** Refuses a part of the path that holds NUL, which no store keeps, by its name. @throws Fault `invalid` */
export const refuseNulInPath = async ({ params }: FastifyRequest): Promise<void> => {
  for (const [name, value] of Object.entries((params ?? {}) as Readonly<Record<string, string>>))
    if (value.includes('\0'))
      throw invalid([{ where: 'path', name, rule: 'format', message: `${name} must not hold the character NUL` }])
}
