import { connect } from '../../surfaces/onekosmos/client.ts'
import { adminKey, infraKey, type World } from '../../world.ts'
import type { Operation } from './operations.ts'

/** Headers as they go out, one after the other: name, value, name, value. */
export type Sent = readonly string[]

/** Somebody who may do what an operation does, in a realm of its own. */
export interface Caller {
  readonly realm: { readonly tenantId: string; readonly communityId: string }
  /** The headers of one request. */
  headers(): Sent
  /** Headers that nobody may come in with. */
  refused(): readonly Sent[]
  /** What the surface takes as an encrypted body, when it takes one. */
  seal?(text: string): string
}

const workerKey = 'test-worker-key-0123456789'

/** The settings without which some operations refuse everybody. */
export const settings = { ROLLCALL_WORKER_KEY: workerKey }

const byKey = (realm: Caller['realm'], name: string, scheme: string, key: string): Caller => ({
  realm,
  headers: () => [name, `${scheme}${key}`],
  refused: () => [
    [],
    [name, ''],
    [name, scheme],
    [name, 'Bearer'],
    [name, `Basic ${key}`],
    [name, `${scheme}${key}x`],
    [name, `${scheme}' OR 1=1 --`],
    [name, `${scheme}__proto__`],
    [name, 'x'.repeat(12_000)],
    [name, 'ü'.repeat(20)],
  ],
})

const sealed = async (world: World, realm: Caller['realm'], { path }: Operation): Promise<Caller> => {
  const level = /servicekey/.test(path) ? 'system' : 'community'
  const licence = await world.licence(level === 'system' ? undefined : realm, level)
  const at = (shiftMs: number) =>
    connect({ service: `${world.url}/${path.split('/')[1]}`, licence, now: () => Date.now() + shiftMs })
  const [now, late, early] = await Promise.all([at(0), at(-61_500), at(62_500)])
  const asks = (change: Readonly<Record<string, string | undefined>>, of = now): Sent =>
    Object.entries(of.headers({ 'content-type': undefined, ...change })).flat()
  const whole: Readonly<Record<string, string>> = now.headers()
  return {
    realm,
    headers: () => asks({}),
    refused: () => [
      ...['licensekey', 'requestid', 'publickey'].flatMap((name) => [
        asks({ [name]: undefined }),
        asks({ [name]: '' }),
        asks({ [name]: 'not base64 !' }),
        asks({ [name]: whole[name]?.slice(0, 20) }),
        asks({ [name]: `${whole[name]?.slice(0, -8)}AAAAAA==` }),
        asks({ [name]: 'A'.repeat(12_000) }),
        [...asks({}), name, whole[name] ?? ''],
      ]),
      ...[0, 1, 255].map((byte) => asks({ publickey: Buffer.alloc(64, byte).toString('base64') })),
      ...['', 'null', '[]', '{}', '{"ts":"now","appid":"a","uuid":"b"}', '{"ts":1e400,"appid":"a","uuid":"b"}'].map(
        (text) => asks({ requestid: now.seal(text) }),
      ),
      ...['', "' OR 1=1 --", '\u0000', 'x'.repeat(5_000)].map((text) => asks({ licensekey: now.seal(text) })),
      asks({}, late),
      asks({}, early),
    ],
    seal: now.seal,
  }
}

/** A caller with the rights that the operation needs. */
export const callerOf = async (world: World, operation: Operation): Promise<Caller> => {
  const realm = await world.realm()
  const { surface, path, secured } = operation
  if (surface.startsWith('onekosmos') && secured) return sealed(world, realm, operation)
  if (path.includes('/job/')) return byKey(realm, 'apikey', '', workerKey)
  if (path.includes('/cleanup')) return byKey(realm, 'licensekey', '', infraKey)
  if (!secured) return { realm, headers: () => [], refused: () => [] }
  if (surface === 'native' || surface === 'scim') return byKey(realm, 'authorization', 'Bearer ', adminKey)
  const key = await world.apiKey(realm)
  return byKey(realm, 'authorization', surface === 'nevis' ? 'Bearer ' : '', key)
}
