import { createECDH, ECDH } from 'node:crypto'

/** The one curve of every published 1Kosmos client. */
export const CURVE = 'secp256k1'

const SCALAR_BYTES = 32
const POINT_BYTES = 64
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

const bytesOf = (text: string): Buffer | undefined => {
  if (text.length > 128 || text.length % 4 !== 0 || !BASE64.test(text)) return undefined
  return Buffer.from(text, 'base64')
}

/**
 * Reads a public key off the wire: base64 of the 64 bytes X and Y, leniently with the leading 0x04 or compressed.
 * Answers the uncompressed point of 65 bytes; undefined when it is no point of the curve.
 */
export const readPublicKey = (text: string): Buffer | undefined => {
  const bytes = bytesOf(text)
  if (!bytes) return undefined
  const point = bytes.length === POINT_BYTES ? Buffer.concat([Buffer.of(4), bytes]) : bytes
  const form = point[0]
  const known =
    point.length === POINT_BYTES + 1 ? form === 4 : point.length === SCALAR_BYTES + 1 && (form === 2 || form === 3)
  if (!known) return undefined
  try {
    return ECDH.convertKey(point, CURVE, undefined, undefined, 'uncompressed') as Buffer
  } catch {
    return undefined
  }
}

/** Writes a point as the wire has it: base64 of X and Y without the leading 0x04. */
export const writePublicKey = (point: Uint8Array): string =>
  Buffer.from(point.buffer, point.byteOffset + 1, POINT_BYTES).toString('base64')

/**
 * Reads a private key as an unsigned integer: clients drop leading zeros, or put one more before a high bit.
 * Answers 32 bytes; undefined when it is no key of the curve.
 */
export const readPrivateKey = (key: string | Uint8Array): Buffer | undefined => {
  const bytes = typeof key === 'string' ? bytesOf(key) : Buffer.from(key)
  if (!bytes) return undefined
  const start = bytes.findIndex((byte) => byte !== 0)
  if (start < 0 || bytes.length - start > SCALAR_BYTES) return undefined
  const scalar = Buffer.alloc(SCALAR_BYTES)
  bytes.copy(scalar, SCALAR_BYTES - (bytes.length - start), start)
  try {
    createECDH(CURVE).setPrivateKey(scalar)
    return scalar
  } catch {
    return undefined
  }
}

/** One half of the agreement: a private key, ready for use. */
export interface Pair {
  /** The public key as the wire has it. */
  readonly publicKey: string
  /** The shared AES key with a caller: the raw X coordinate, 32 bytes, left padded, not hashed. */
  agree(callersPoint: Uint8Array): Buffer
}

/** Makes a private key of 32 bytes ready for many agreements. */
export const openPair = (privateKey: Uint8Array): Pair => {
  const ecdh = createECDH(CURVE)
  ecdh.setPrivateKey(privateKey)
  return { publicKey: writePublicKey(ecdh.getPublicKey()), agree: (point) => ecdh.computeSecret(point) }
}
