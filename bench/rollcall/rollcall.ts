import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Role, startRole } from '../roles/start.ts'
import type { Recorded, Recorder } from './recorder.ts'

export interface RealmId {
  readonly tenantId: string
  readonly communityId: string
}

interface ServerAsks extends Record<string, (about: never) => unknown> {
  engine(about: null): ReturnType<Recorder['engine']>
  record(about: null): void
  recorded(about: null): readonly Recorded[]
  ahead(ms: number): void
}

/** A running server under test. */
export interface RunningRollcall extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly adminKey: string
  readonly pid: number
  readonly enginePid: number
  readonly asks: Role<unknown, ServerAsks>
  /** Calls the native API as the operator. @throws Error when it refuses */
  call(method: string, path: string, body?: unknown): Promise<unknown>
  /** Makes a realm, and a licence for it. */
  realm(name: string): Promise<{ readonly realm: RealmId; readonly licence: string }>
  /** The public key of one of the 1Kosmos services. */
  serviceKey(service: 'events' | 'reports'): Promise<string>
  /** Resolves when everything that was acknowledged is in the store. @throws Error when nothing moves any more */
  settled(): Promise<void>
}

export interface RollcallOptions {
  readonly folder: string
  readonly settings?: Readonly<Record<string, string>>
  /** Options of Node, for a profile for instance. */
  readonly node?: readonly string[]
}

/** How `npm start` starts it. */
const STARTED = {
  node: ['--max-semi-space-size=8'],
  env: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '32768' },
} as const

/** Without any progress for so long, the bench ends. */
const STUCK_MS = 60_000
const DEPTH = /^rollcall_inbox_events (\d+)/m

/** Starts the server under test on a folder that may have been used before. */
export const startRollcall = async ({ folder, settings, node }: RollcallOptions): Promise<RunningRollcall> => {
  const adminKey = randomBytes(24).toString('base64url')
  const role = await startRole<{ url: string; enginePid: number }, ServerAsks>(
    join(import.meta.dirname, 'server.ts'),
    {
      ROLLCALL_DATA: folder,
      ROLLCALL_PORT: '0',
      ROLLCALL_ADMIN_KEY: adminKey,
      ROLLCALL_LOG_LEVEL: 'error',
      ...settings,
    },
    [...STARTED.node, ...(node ?? [])],
    STARTED.env,
  )
  const { url, enginePid } = role.ready
  const call: RunningRollcall['call'] = async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const depth = async (): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text()
    const found = DEPTH.exec(text)?.[1]
    if (found === undefined) throw new Error('The metrics do not tell how many events wait')
    return Number(found)
  }
  return {
    port: Number(new URL(url).port),
    url,
    adminKey,
    pid: role.pid,
    enginePid,
    asks: role,
    call,
    async realm(name) {
      const made = (await call('POST', '/v1/realms', { tenant: { name }, community: { name: 'default' } })) as {
        tenant: { id: string }
        community: { id: string }
      }
      const realm = { tenantId: made.tenant.id, communityId: made.community.id }
      const key = await call('POST', '/v1/keys', { kind: 'license', name: 'bench', authLevel: 'system' })
      return { realm, licence: (key as { secret: string }).secret }
    },
    async serviceKey(service) {
      const answer = await (await fetch(`${url}/${service}/publickeys`)).json()
      return (answer as { publicKey: string }).publicKey
    },
    async settled() {
      let least = Number.POSITIVE_INFINITY
      let since = Date.now()
      for (let waiting = await depth(); waiting > 0; waiting = await depth()) {
        if (waiting < least) since = Date.now()
        least = Math.min(least, waiting)
        if (Date.now() - since > STUCK_MS) throw new Error(`${waiting} events wait in the inbox and none moves on`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    [Symbol.asyncDispose]: () => role[Symbol.asyncDispose](),
  }
}
