import { isUtf8 } from 'node:buffer'
import { type CipherKey, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const IV_BYTES = 16
const TAG_BYTES = 16

/** Encrypts text under a shared key of 32 bytes: base64 of IV (16 bytes), ciphertext and tag (16 bytes). */
export const encryptText = (key: CipherKey, text: string, iv: Uint8Array = randomBytes(IV_BYTES)): string => {
  const cipher = createCipheriv(CIPHER, key, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

/** Decrypts what `encryptText` of either side made; undefined for everything else. */
export const decryptText = (key: CipherKey, text: string): string | undefined => {
  // What is no base64 decodes to something else, and the tag refuses that.
  if (text.length % 4 !== 0) return undefined
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  const plain = decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES))
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return isUtf8(plain) ? plain.toString('utf8') : undefined
}
