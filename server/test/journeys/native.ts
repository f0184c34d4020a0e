import { type Reply, send } from '../surfaces/onekosmos/client.ts'
import { adminKey } from '../world.ts'

export interface RealmIds {
  readonly tenantId: string
  readonly communityId: string
}

/** Calls the native API; an object becomes JSON. */
export type Native = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Reply>

/** A caller of the native API at an address, with a key; the operator's when none is given. */
export const native =
  (url: string, key: string = adminKey): Native =>
  (method, path, body, headers = {}) =>
    send(method, `${url}/v1${path}`, {
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })

export const pathOf = ({ tenantId, communityId }: RealmIds): string =>
  `/realms/${encodeURIComponent(tenantId)}/${encodeURIComponent(communityId)}`

/** The events of a search's answer. */
export const eventsOf = (reply: Reply): readonly Record<string, unknown>[] =>
  (reply.json as { events: Record<string, unknown>[] }).events

/** One number of the metrics. */
export const metric = async (url: string, name: string): Promise<number> => {
  const { text } = await send('GET', `${url}/metrics`)
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}
