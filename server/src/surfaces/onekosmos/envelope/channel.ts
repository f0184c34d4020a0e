import { createSecretKey, type KeyObject } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { decryptText, encryptText } from '../../../core/envelope-cipher.ts'
import { openPair, type Pair, readPublicKey } from '../../../core/envelope-keys.ts'

/** A private key of this service, as the use cases hand it out; the current one first, then the former ones. */
export interface ServiceKey {
  readonly keyId: string
  readonly privateKey: Uint8Array
}

/** The encrypted conversation with one caller. */
export interface Channel {
  /** Reads what the caller encrypted to the service's current or a former key; undefined when it is neither. */
  decrypt(text: string): string | undefined
  /** Writes to the caller under the key that it used last, since it may still hold a former one. */
  encrypt(text: string): string
}

/** Opens channels; undefined when the caller's public key is no point of the curve. */
export type OpenChannel = (keys: readonly ServiceKey[], callersKey: string) => Channel | undefined

/**
 * Remembers shared keys per service key and caller, at most so many, since an agreement costs about a millisecond
 * and a busy sender asks thousands of times a second.
 */
export const createChannels = (remembered = 10_000): OpenChannel => {
  const pairs = new LRUCache<string, Pair>({ max: 64 })
  // As key objects: a cipher takes six times as long to begin from bytes.
  const agreed = new LRUCache<string, KeyObject>({ max: remembered })

  const pairOf = (key: ServiceKey): Pair => {
    let pair = pairs.get(key.keyId)
    if (!pair) {
      pair = openPair(key.privateKey)
      pairs.set(key.keyId, pair)
    }
    return pair
  }

  const agree = (key: ServiceKey, callersKey: string): KeyObject | undefined => {
    const name = `${key.keyId} ${callersKey}`
    const known = agreed.get(name)
    if (known) return known
    const point = readPublicKey(callersKey)
    if (!point) return undefined
    const shared = createSecretKey(pairOf(key).agree(point))
    agreed.set(name, shared)
    return shared
  }

  return (keys, callersKey) => {
    const current = keys[0]
    const first = current && agree(current, callersKey)
    if (!first) return undefined
    let used = first
    const others = function* (): Generator<KeyObject> {
      for (const key of keys) {
        const shared = agree(key, callersKey)
        if (shared && shared !== used) yield shared
      }
    }
    return {
      decrypt(text) {
        const plain = decryptText(used, text)
        if (plain !== undefined) return plain
        for (const shared of others()) {
          const read = decryptText(shared, text)
          if (read === undefined) continue
          used = shared
          return read
        }
        return undefined
      },
      encrypt: (text) => encryptText(used, text),
    }
  }
}
