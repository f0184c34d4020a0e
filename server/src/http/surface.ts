import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { App } from '../app/app.ts'
import type { Fault } from '../core/fault.ts'

/** Fastify as every surface sees it: schemas are typebox, and types come from them. */
export type Http = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What a surface answers when something went wrong, in its own form. */
export interface FaultAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** The version of this build: a tag when it was built from one, the commit, and the date in epoch seconds. */
export interface Build {
  readonly tag: string | null
  readonly commit: string
  readonly date: number
}

/** What a surface may know of the deployment; every value is a setting. */
export interface SurfaceContext {
  readonly app: App
  readonly build: Build
  /** The address under which clients reach this server, without a slash at its end. */
  readonly publicUrl: string
  readonly now: () => number
  readonly onekosmos: {
    readonly profile: 'documented' | 'observed'
    /** Whether unencrypted bodies are taken. */
    readonly plain: boolean
    /** Seconds that a request's own clock may differ. */
    readonly allowedTimeSpan: number
    /** Whether the plain `/u1` twins of the licence endpoints are served. */
    readonly internalLicences: boolean
    /** Other services of the directory: name to address. */
    readonly directory: Readonly<Record<string, string>>
  }
  /** For how many days events are shown and kept; for ever when undefined. */
  readonly retentionDays: number | undefined
  readonly limits: { readonly bodyBytes: number; readonly batchEvents: number }
}

/** One dialect at the door: its paths, its errors and its part of the documents. */
export interface Surface {
  /** The name in the list of OpenAPI documents, `native` or `onekosmos-events` for instance. */
  readonly name: string
  readonly title: string
  readonly about: string
  /** Path prefix of all its routes; empty when they stand at the root. */
  readonly prefix: string
  /** OpenAPI security schemes of the surface, as in `components.securitySchemes`. */
  readonly security?: Readonly<Record<string, object>>
  /** Says a fault in the surface's own form; total over the closed list. */
  readonly answer: (fault: Fault, context: SurfaceContext) => FaultAnswer
  /** What a 500 looks like here; it names the request so that the operator finds the log line, and nothing else. */
  readonly broken: (requestId: string, context: SurfaceContext) => FaultAnswer
  /** The largest body that the dialect has a use for, in bytes; the setting's when absent. */
  readonly bodyBytes?: (context: SurfaceContext) => number
  readonly register: (http: Http, context: SurfaceContext) => void | Promise<void>
}
