import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Fault } from '../core/fault.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set when the key of the request was refused. */
    keyRefused: boolean
  }
  interface FastifyContextConfig {
    /** A route that works for callers without a key and costs something: counted per address. */
    costly?: boolean
  }
}

/** Requests per minute and address, in this process; 0 is no limit. */
export interface AddressLimits {
  readonly all: number
  /** Refused keys: guessing them gets slow. Headers that are merely wrong, a clock for instance, do not count. */
  readonly failed: number
  /** Routes marked `costly`. */
  readonly open: number
}

const MINUTE_MS = 60_000

const perMinute = (points: number): RateLimiterMemory | undefined =>
  points === 0 ? undefined : new RateLimiterMemory({ points, duration: 60 })

const tooMany = (left: RateLimiterRes): Fault => {
  const retryAfterSeconds = Math.max(1, Math.ceil(left.msBeforeNext / 1000))
  return new Fault(
    'too-many',
    { retryAfterSeconds },
    `Too many requests from this address; try again in ${retryAfterSeconds} s`,
  )
}

const take = async (limiter: RateLimiterMemory | undefined, key: string): Promise<void> => {
  if (!limiter) return
  try {
    await limiter.consume(key)
  } catch (error) {
    throw error instanceof RateLimiterRes ? tooMany(error) : error
  }
}

/** Notes that a request's key was refused, which counts towards the limit of its address. */
export const noteFailure = (request: FastifyRequest, fault: Fault): void => {
  if (fault.kind === 'unauthenticated') request.keyRefused = true
}

/** Holds the address limits for everything mounted on this instance. */
export const limitAddresses = (http: FastifyInstance, limits: AddressLimits): void => {
  const all = perMinute(limits.all)
  const failed = perMinute(limits.failed)
  const open = perMinute(limits.open)
  http.decorateRequest('keyRefused', false)
  let lastFailure = Number.NEGATIVE_INFINITY
  const check = async (request: FastifyRequest): Promise<void> => {
    const guesses = failed && (await failed.get(request.ip))
    if (guesses && failed && guesses.consumedPoints >= failed.points) throw tooMany(guesses)
    await take(all, request.ip)
    if (request.routeOptions.config.costly) await take(open, request.ip)
  }
  http.addHook('onRequest', (request, _reply, done) => {
    // Nearly every request finds nothing to count and goes on at once.
    const quiet = performance.now() - lastFailure > MINUTE_MS
    if (quiet && !all && !request.routeOptions.config.costly) return done()
    check(request).then(() => done(), done)
  })
  http.addHook('onResponse', (request, _reply, done) => {
    if (!request.keyRefused || !failed) return done()
    lastFailure = performance.now()
    failed.penalty(request.ip).then(() => done(), done)
  })
}
