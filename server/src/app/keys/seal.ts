import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '../../core/secret.ts'
import type { Seal } from './service-keys.ts'

const CIPHER = 'aes-256-gcm'
/** The first byte of everything sealed; another way to seal gets another number. */
const VERSION = 1
const IV_BYTES = 12
const TAG_BYTES = 16
const PURPOSE = 'rollcall: private service keys'

/** Encrypts what must not lie open in the control store: version, IV (12 bytes), ciphertext and tag (16 bytes). */
export const createSeal = (masterKey: Secret): Seal => {
  const key = Buffer.from(hkdfSync('sha256', masterKey.reveal(), '', PURPOSE, 32))
  return {
    seal(plain) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, key, iv)
      cipher.setAAD(Buffer.of(VERSION))
      return Buffer.concat([Buffer.of(VERSION), iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed) {
      const bytes = Buffer.from(sealed)
      if (bytes[0] !== VERSION || bytes.length < 1 + IV_BYTES + TAG_BYTES)
        throw new Error(
          'A sealed service key has a form that this version does not know; it was written by a newer one.',
        )
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(1, 1 + IV_BYTES), { authTagLength: TAG_BYTES })
      decipher.setAAD(Buffer.of(VERSION))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(1 + IV_BYTES, -TAG_BYTES)), decipher.final()])
      } catch (cause) {
        throw new Error(
          'A sealed service key does not open: the master key is not the one under which it was sealed. Restore master.key of the data folder, or set ROLLCALL_MASTER_KEY to what it was.',
          { cause },
        )
      }
    },
  }
}

/**
 * Turns what was sealed under a former master key into the same under the next one; what is under the next one
 * already stays, so that an interrupted change can be run again.
 */
export const resealWith =
  (former: Seal, next: Seal) =>
  (sealed: Uint8Array): Uint8Array => {
    try {
      next.open(sealed)
      return sealed
    } catch {
      return next.seal(former.open(sealed))
    }
  }
