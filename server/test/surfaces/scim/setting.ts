import { adminKey, startWorld, type World } from '../../world.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/** A server with a realm, and a client that speaks SCIM to it. */
export interface Setting extends AsyncDisposable {
  readonly world: World
  readonly realm: { readonly tenantId: string; readonly communityId: string }
  readonly base: string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Creates a resource; answers its id. */
  make(path: string, body: object): Promise<string>
  patch(path: string, ...operations: readonly object[]): Promise<Answer>
  as(key: string, base?: string): Setting['call']
}

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
export const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

export const startScim = async (): Promise<Setting> => {
  const world = await startWorld()
  const realm = await world.realm()
  const base = `${world.url}/scim/v2/${realm.tenantId}/${realm.communityId}`
  const as =
    (key: string, at = base): Setting['call'] =>
    async (method, path, body, headers = {}) => {
      const response = await fetch(`${at}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
    }
  const call = as(adminKey)
  return {
    world,
    realm,
    base,
    call,
    as,
    async make(path, body) {
      const made = await call('POST', path, body)
      if (made.status !== 201) throw new Error(`POST ${path} answered ${made.status}: ${JSON.stringify(made.body)}`)
      return made.body.id as string
    },
    patch: (path, ...operations) => call('PATCH', path, { schemas: [PATCH], Operations: operations }),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}
