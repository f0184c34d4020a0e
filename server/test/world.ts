import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { type ComposeOptions, compose, type Rollcall } from '../src/compose.ts'
import { loadSettings } from '../src/config/load.ts'

export const adminKey = 'test-admin-key-0123456789'
export const infraKey = 'test-infra-key-0123456789'

/** A whole server on temporary stores. */
export interface World extends AsyncDisposable {
  readonly rollcall: Rollcall
  readonly url: string
  readonly folder: string
  /** Calls the native API as the operator; answers status and parsed body. */
  call(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>
  /** Creates a realm and a licence of `system` level or of the realm's own. */
  realm(name?: string): Promise<{ readonly tenantId: string; readonly communityId: string }>
  licence(realm: { tenantId: string; communityId: string } | undefined, authLevel: string): Promise<string>
  apiKey(realm?: { tenantId: string; communityId: string }): Promise<string>
  /** Stops the server and starts it again on the same stores, with other settings from then on when some are given. */
  restart(other?: Readonly<Record<string, string>>): Promise<void>
}

let worlds = 0

/** Starts a whole server in this process, on stores and a port of its own; its clock and its log may be a test's. */
export const startWorld = async (
  set: Readonly<Record<string, string>> = {},
  options: Pick<ComposeOptions, 'now' | 'log'> = {},
): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-world-'))
  const first = {
    ROLLCALL_DATA: folder,
    ROLLCALL_PORT: '0',
    ROLLCALL_ADMIN_KEY: adminKey,
    ROLLCALL_INFRA_KEY: infraKey,
    ROLLCALL_LOG_LEVEL: 'error',
    ROLLCALL_RATE_FAILED: '0',
    ROLLCALL_RATE_OPEN: '0',
    ...set,
  }
  let settings = loadSettings(first)
  const start = () => compose(settings, { log: pino({ level: settings.logLevel }), ...options })
  let rollcall = await start()

  const call: World['call'] = async (method, path, body) => {
    const response = await fetch(`${rollcall.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  const must = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await call('POST', path, body)
    if (answer.status !== 201) throw new Error(`POST ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body as Record<string, unknown>
  }
  return {
    get rollcall() {
      return rollcall
    },
    get url() {
      return rollcall.url
    },
    folder,
    call,
    async realm(name = `Realm ${++worlds}`) {
      const made = (await must('/v1/realms', { tenant: { name }, community: { name: 'default' } })) as {
        tenant: { id: string }
        community: { id: string }
      }
      return { tenantId: made.tenant.id, communityId: made.community.id }
    },
    async licence(realm, authLevel) {
      const made = await must('/v1/keys', { kind: 'license', name: 'test', authLevel, ...(realm ? { realm } : {}) })
      return made.secret as string
    },
    async apiKey(realm) {
      const made = await must('/v1/keys', { kind: 'api', name: 'test', ...(realm ? { realm } : {}) })
      return made.secret as string
    },
    async restart(other) {
      await rollcall.close()
      if (other) settings = loadSettings({ ...first, ...other })
      rollcall = await start()
    },
    async [Symbol.asyncDispose]() {
      await rollcall.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
