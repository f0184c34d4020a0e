import { createECDH } from 'node:crypto'
import { Fault } from '../../core/fault.ts'
import type { ServiceKeyRecord, ServiceKeys } from '../../ports/control.ts'
import type { App, Authenticated } from '../app.ts'

/** Encrypts and decrypts what the control store keeps of a private key. */
export interface Seal {
  seal(plain: Uint8Array): Uint8Array
  /** @throws Error when it was sealed under another master key */
  open(sealed: Uint8Array): Uint8Array
}

export interface ServiceKeysParts {
  readonly store: ServiceKeys
  readonly seal: Seal
  readonly now: () => number
  /** How long a replaced key still decrypts, in milliseconds. */
  readonly graceMs: number
}

type Service = ServiceKeyRecord['service']
type OpenKey = Awaited<ReturnType<App['serviceKeys']['open']>>[number]

/** How old the list of keys may be when another process replaced one, in milliseconds. */
const FRESH_MS = 1_000
const SCALAR_BYTES = 32

/**
 * A new pair. Its private key has the first bit clear and the first byte set, since some clients read it as a
 * signed number and others drop leading zeros.
 */
const newPair = (): { keyId: string; privateKey: Uint8Array } => {
  for (;;) {
    const ecdh = createECDH('secp256k1')
    const point = ecdh.generateKeys()
    const privateKey = ecdh.getPrivateKey()
    const first = privateKey[0] ?? 0
    if (privateKey.length === SCALAR_BYTES && first > 0 && first < 128)
      return { keyId: point.subarray(1).toString('base64'), privateKey }
  }
}

const demandSystem = (caller: Authenticated): void => {
  if (caller.authLevel !== 'system' || !caller.principal.may.has('service-keys.manage'))
    throw new Fault(
      'forbidden',
      { reason: 'level', need: 'system' },
      "This needs a licence of authLevel 'system'; the one that was sent is not",
    )
}

/** The 1Kosmos services' key pairs: made at first use, replaced on demand, opened once and remembered. */
export const createServiceKeys = (parts: ServiceKeysParts): App['serviceKeys'] => {
  const { store, seal, now, graceMs } = parts
  const opened = new Map<string, Uint8Array>()
  const lists = new Map<Service, { readonly at: number; readonly keys: readonly OpenKey[] }>()
  const loading = new Map<Service, Promise<readonly OpenKey[]>>()

  const sealed = (service: Service): ServiceKeyRecord => {
    const { keyId, privateKey } = newPair()
    return { keyId, service, sealedSecret: seal.seal(privateKey), createdAt: now(), retiredAt: null }
  }

  const openOne = (record: ServiceKeyRecord): OpenKey => {
    const privateKey = opened.get(record.keyId) ?? seal.open(record.sealedSecret)
    opened.set(record.keyId, privateKey)
    return { keyId: record.keyId, privateKey, createdAt: record.createdAt, retiredAt: record.retiredAt }
  }

  const load = async (service: Service): Promise<readonly OpenKey[]> => {
    const at = now()
    let records = await store.list(service)
    if (!records.some((record) => record.retiredAt === null)) {
      await store.ensure(sealed(service))
      records = await store.list(service)
    }
    const good = records.filter((record) => record.retiredAt === null || record.retiredAt + graceMs > at)
    const retired = (record: ServiceKeyRecord): number => record.retiredAt ?? Number.POSITIVE_INFINITY
    const keys = good.toSorted((a, b) => (retired(a) === retired(b) ? 0 : retired(b) - retired(a))).map(openOne)
    lists.set(service, { at, keys })
    return keys
  }

  const open: App['serviceKeys']['open'] = async (service) => {
    const known = lists.get(service)
    if (known && now() - known.at < FRESH_MS) return known.keys
    let running = loading.get(service)
    if (!running) {
      running = load(service).finally(() => loading.delete(service))
      loading.set(service, running)
    }
    return await running
  }

  return {
    open,
    async list(caller, service) {
      demandSystem(caller)
      return await open(service)
    },
    async reset(caller, service, keyId) {
      demandSystem(caller)
      const current = (await store.list(service)).find((record) => record.keyId === keyId && record.retiredAt === null)
      const replaced = current !== undefined && (await store.replace(keyId, sealed(service), now()))
      lists.delete(service)
      if (!replaced)
        throw new Fault(
          'not-found',
          { what: 'service key', id: keyId },
          'There is no current service key with this keyId; GET servicekeys lists them',
        )
    },
  }
}

/**
 * Opens every stored key once, so that a lost or mistaken master key is told at the start and not by a caller.
 * @throws Error a sentence that says what to restore
 */
export const proveSeal = async (store: ServiceKeys, seal: Seal): Promise<void> => {
  for (const service of ['events', 'reports', 'licenses'] as const)
    for (const key of await store.list(service)) seal.open(key.sealedSecret)
}
