import compress from '@fastify/compress'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import { uuidv7 } from 'uuidv7'
import type { Fault } from '../core/fault.ts'
import { answerClientError } from './client-errors.ts'
import { documentSurface, serveDocumentation } from './documents.ts'
import { faultOf, LONGEST_PART } from './errors.ts'
import { serialiseLate } from './late-serialisers.ts'
import type { ServerOptions } from './options.ts'
import { refuseNulInPath } from './path-texts.ts'
import { limitAddresses, noteFailure } from './rate-limits.ts'
import { rootRoutes } from './root.ts'
import { answerRoot } from './root-errors.ts'
import { secureAnswers } from './security-headers.ts'
import type { FaultAnswer, Http, Surface } from './surface.ts'
import { realmIdsOf } from './whose.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The name of the surface that the route belongs to. */
    surface?: string
  }
}

const send = (reply: FastifyReply, answer: FaultAnswer): FastifyReply => {
  reply.code(answer.status)
  for (const [name, value] of Object.entries(answer.headers ?? {})) reply.header(name, value)
  if (answer.body === undefined) return reply.send()
  const type = answer.headers?.['content-type'] ?? 'application/json; charset=utf-8'
  return reply
    .header('content-type', type)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(answer.body)
}

/** Answers errors in a surface's own form; what is not a fault is logged, and its answer shows nothing of it. */
const errorHandler =
  (surface: Surface, { context, broke }: ServerOptions) =>
  (error: FastifyError | Fault, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const fault = faultOf(error, surface.bodyBytes?.(context) ?? context.limits.bodyBytes)
    if (fault) {
      noteFailure(request, fault)
      return send(reply, surface.answer(fault, context))
    }
    request.log.error(
      { reqId: request.id, error: error.message, stack: error.stack },
      'A request failed in a way nobody foresaw',
    )
    const realm = realmIdsOf(request)
    if (realm) broke?.(realm, `${request.method} ${request.routeOptions.url ?? surface.prefix}`, request.id)
    return send(reply, surface.broken(request.id, context))
  }

/** How often a server that closes looks for connections on which nothing is under way any more. */
const LET_GO_MS = 100

/** Closing lets connections go as soon as their answer is sent, and not only those that were idle when it began. */
const letGo = (http: Http): void => {
  http.addHook('preClose', (done) => {
    const timer = setInterval(() => http.server.closeIdleConnections(), LET_GO_MS)
    http.server.once('close', () => clearInterval(timer))
    done()
  })
}

/** Builds the HTTP server with every surface mounted; it does not listen yet. */
export const createServer = async (options: ServerOptions): Promise<Http> => {
  const { context } = options
  // Names a request in the log and in a 500: this run of the process, and the request's number in it.
  const run = uuidv7().slice(-12)
  let requests = 0
  const http = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => `${run}-${++requests}`,
    // A logger for each request would cost more than most requests log: what logs says the request's name itself.
    childLoggerFactory: (logger) => logger,
    requestIdHeader: false,
    // One hop: the address that the proxy itself added. Those before it are the client's own words.
    trustProxy: options.trustProxy && ((_address: string, hop: number) => hop === 0),
    bodyLimit: context.limits.bodyBytes,
    routerOptions: { maxParamLength: LONGEST_PART, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    connectionTimeout: options.quietMs,
    clientErrorHandler: answerClientError,
    // An address that cannot be read reaches no route; it is refused in the form of the surface that it names.
    frameworkErrors: (error, request, reply) => {
      const fault = faultOf(error, context.limits.bodyBytes)
      if (!fault) throw error
      send(reply, surfaceOf(request, options.surfaces)?.answer(fault, context) ?? answerRoot(fault))
    },
    ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false } },
    ...(options.tls ? { https: options.tls } : {}),
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as Http
  letGo(http)
  secureAnswers(http)
  serialiseLate(http)
  await http.register(compress, { threshold: 1_024, encodings: ['gzip', 'br', 'deflate', 'identity'] })
  http.decorate('documents', new Map<string, () => object>())
  limitAddresses(http, options.rates)
  http.addHook('onResponse', (request, reply, done) => {
    options.observe({
      surface: request.routeOptions.config.surface ?? surfaceOf(request, options.surfaces)?.name ?? 'root',
      route: request.routeOptions.url ?? 'none',
      method: request.method,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    })
    done()
  })
  for (const surface of options.surfaces) {
    await http.register(
      async (instance) => {
        instance.addHook('onRoute', (route) => {
          route.config = { ...route.config, surface: surface.name }
        })
        await documentSurface(instance as unknown as Http, surface)
        instance.setErrorHandler(errorHandler(surface, options))
        instance.addHook('preValidation', refuseNulInPath)
        await surface.register(instance as unknown as Http, context)
      },
      surface.prefix === '' ? {} : { prefix: surface.prefix },
    )
  }
  rootRoutes(http, options)
  await serveDocumentation(http, options.surfaces)
  return http
}

/** The surface that an address names, for requests that reach no route; the longest prefix counts. */
const surfaceOf = (request: FastifyRequest, surfaces: readonly Surface[]): Surface | undefined =>
  surfaces
    .filter(({ prefix }) => prefix !== '' && request.url.startsWith(`${prefix}/`))
    .reduce<Surface | undefined>((a, b) => (a && a.prefix.length >= b.prefix.length ? a : b), undefined)
