import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { sendFile } from '../../http/send-file.ts'
import type { Surface } from '../../http/surface.ts'
import { answerProblem, brokenProblem } from './errors.ts'
import { Problem } from './shapes.ts'

const problem = { 'application/problem+json': { schema: Type.Ref('Problem') } }

/** Files by their signed links, without a key: the link is what opens them. */
export const files: Surface = {
  name: 'files',
  title: 'Files by link',
  about: 'Files that were made in the background, opened by the signed, expiring links that tell of them.',
  prefix: '/files',
  answer: answerProblem,
  broken: brokenProblem,
  register: (http, { app }) => {
    http.setValidatorCompiler(TypeBoxValidatorCompiler)
    http.addSchema(Problem)
    http.get(
      '/:token',
      {
        schema: {
          operationId: 'openLink',
          tags: ['Files'],
          summary: 'The file that a link opens',
          params: Type.Object({ token: Type.String({ description: 'The signed part of the link.' }) }),
          response: {
            200: { description: 'The file', content: { 'application/octet-stream': { schema: Type.Unknown() } } },
            400: { description: 'The address is not well encoded.', content: problem },
            404: { description: 'The link has expired, or opens nothing.', content: problem },
          },
        },
      },
      async (request, reply) => {
        const file = await app.jobs.openLink(request.params.token)
        // A link is a key: it is kept by nobody on the way, and told to nobody.
        reply.header('content-length', file.bytes).header('cache-control', 'private, no-store')
        return sendFile(reply.header('referrer-policy', 'no-referrer'), {
          mediaType: file.media,
          fileName: file.name,
          bytes: file.body,
        })
      },
    )
  },
}
