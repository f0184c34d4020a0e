import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeal, resealWith } from '../../../src/app/keys/seal.ts'
import { Secret } from '../../../src/core/secret.ts'

const seal = createSeal(new Secret('a master key of the data folder'))
const next = createSeal(new Secret('another master key, a newer one'))

describe('the seal of private keys', () => {
  it('gives back what was sealed, and never seals alike', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (plain) => {
        expect(Buffer.from(seal.open(seal.seal(plain)))).toEqual(Buffer.from(plain))
        expect(Buffer.from(seal.seal(plain))).not.toEqual(Buffer.from(seal.seal(plain)))
      }),
    )
  })

  it('does not open under another master key, or after a change', () => {
    const sealed = Buffer.from(seal.seal(Buffer.alloc(32, 7)))
    expect(() => next.open(sealed)).toThrow(/master key/)
    for (let at = 1; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => seal.open(changed)).toThrow(/master key/)
    }
    expect(() => seal.open(Buffer.of(2, ...sealed.subarray(1)))).toThrow(/version/)
    expect(() => seal.open(new Uint8Array())).toThrow(/version/)
  })

  it('moves to a new master key, also when the move is made again', () => {
    const plain = Buffer.alloc(32, 7)
    const moved = resealWith(seal, next)(seal.seal(plain))
    expect(Buffer.from(next.open(moved))).toEqual(plain)
    expect(resealWith(seal, next)(moved)).toBe(moved)
  })
})
