import type { IncomingHttpHeaders } from 'node:http'
import type { App, Authenticated } from '../../../app/app.ts'
import { type Issue, invalid } from '../../../core/fault.ts'
import type { SurfaceContext } from '../../../http/surface.ts'
import { createChannels, type ServiceKey } from './channel.ts'
import { type OpenedHeaders, openHeaders } from './headers.ts'

/** The services of the dialect that have a key pair of their own. */
export type Service = Parameters<App['serviceKeys']['open']>[0]

/** What every protected route of one service does first. */
export interface Envelope {
  readonly service: Service
  /** The service's public key, as `/publickeys` says it. */
  publicKey(): Promise<string>
  /** Reads the three headers; collects what is wrong instead of answering. */
  open(headers: IncomingHttpHeaders): Promise<OpenedHeaders>
  /**
   * Ends validation: everything that is wrong with headers and body is said at once, headers first; then the licence
   * is looked up.
   * @throws Fault `invalid`, `unauthenticated`
   */
  admit(opened: OpenedHeaders, issues?: readonly Issue[]): Promise<Authenticated>
}

/** Makes the envelope of one service; one per service, since it remembers shared keys. */
export const createEnvelope = (context: SurfaceContext, service: Service): Envelope => {
  const openChannel = createChannels()
  const keys = (): Promise<readonly ServiceKey[]> => context.app.serviceKeys.open(service)
  return {
    service,
    async publicKey() {
      return (await keys())[0]?.keyId ?? ''
    },
    async open(headers) {
      return openHeaders(headers, await keys(), {
        open: openChannel,
        now: context.now(),
        allowedTimeSpan: context.onekosmos.allowedTimeSpan,
      })
    },
    async admit(opened, issues = []) {
      const all = [...opened.issues, ...issues]
      if (all.length > 0 || opened.licence === undefined) throw invalid(all)
      return await context.app.authenticate.licence(opened.licence)
    },
  }
}
