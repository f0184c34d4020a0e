import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { authenticateBearer } from '../../http/bearer.ts'
import type { Surface } from '../../http/surface.ts'
import { answerScim, brokenScim } from './errors.ts'
import { documentRoutes } from './routes/documents.ts'
import { groupRoutes } from './routes/groups.ts'
import { userRoutes } from './routes/users.ts'

const scim: Surface = {
  name: 'scim',
  title: 'SCIM 2.0',
  about:
    'Users, groups and the roles of users, kept by SCIM 2.0 (RFC 7643, RFC 7644) in the directory of a realm. Send a key as `Authorization: Bearer <key>`.',
  prefix: '/scim/v2',
  security: { key: { type: 'http', scheme: 'bearer', description: 'The admin key, or an api key.' } },
  answer: answerScim,
  broken: brokenScim,
  register: (http, context) => {
    http.setValidatorCompiler(TypeBoxValidatorCompiler)
    http.addContentTypeParser(
      'application/scim+json',
      { parseAs: 'string' },
      http.getDefaultJsonParser('error', 'ignore'),
    )
    http.addHook('onRoute', (route) => {
      route.schema = { ...route.schema, security: [{ key: [] }] }
    })
    const parts = { http, context, callerOf: authenticateBearer(http, context.app) }
    userRoutes(parts)
    groupRoutes(parts)
    documentRoutes(parts)
  },
}

export const surfaces: readonly Surface[] = [scim]
