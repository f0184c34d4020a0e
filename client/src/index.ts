import createFetchClient, { type Client } from 'openapi-fetch'
import type { components, paths } from './native.gen.ts'

export interface ClientOptions {
  /** Where the server is, for instance `http://127.0.0.1:8484`. */
  readonly baseUrl: string
  /** The admin key or an api key. */
  readonly key: string
  /** Another `fetch` than the platform's: for a proxy, a private certificate or a test. */
  readonly fetch?: (request: Request) => Promise<Response>
}

export type RollcallClient = Client<paths>
/** What the server answers when something went wrong (RFC 9457). */
export type Problem = components['schemas']['Problem']
export type { components, paths }

/**
 * A typed client of Rollcall's native API. Each call answers `{ data, error, response }` and does not throw for what
 * the server refused: `error` is then a `Problem`.
 */
export const createClient = ({ baseUrl, key, fetch }: ClientOptions): RollcallClient =>
  createFetchClient<paths>({
    baseUrl: baseUrl.replace(/\/+$/, ''),
    headers: { authorization: `Bearer ${key}` },
    // A streamed or prepared body goes out as it is; everything else as JSON.
    bodySerializer: (body: unknown) =>
      typeof body === 'string' || body instanceof ReadableStream || body instanceof Uint8Array
        ? body
        : JSON.stringify(body),
    ...(fetch ? { fetch } : {}),
  })
