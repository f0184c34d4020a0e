import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import helmet from 'helmet'

/** What helmet says of every answer. It says the same each time, so it is asked once. */
const headersOf = (say: ReturnType<typeof helmet>): Record<string, string> => {
  const said: Record<string, string> = {}
  const note = {
    setHeader(name: string, value: string) {
      said[name.toLowerCase()] = value
    },
    removeHeader() {},
  }
  say({} as IncomingMessage, note as unknown as ServerResponse, (error) => {
    if (error) throw error
  })
  return said
}

/** Puts the security headers on every answer of an instance; a route may say one of them otherwise. */
export const secureAnswers = (http: FastifyInstance): void => {
  const headers = headersOf(
    helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], upgradeInsecureRequests: null } } }),
  )
  http.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}
