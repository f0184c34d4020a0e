import { hash, randomBytes } from 'node:crypto'

/** The SHA-256 under which a key is kept; keys are random, so that no slow hash is needed. */
export const hashSecret = (secret: string): Uint8Array => hash('sha256', secret, 'buffer')

/** A new secret of 256 bits, with a prefix by which people and scanners recognise it. */
export const newSecret = (kind: 'api' | 'license'): string =>
  kind === 'api' ? `rc_${randomBytes(32).toString('base64url')}` : randomUuidLike()

const randomUuidLike = (): string => {
  const hex = randomBytes(16).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
