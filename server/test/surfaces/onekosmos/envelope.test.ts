import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decryptText, encryptText } from '../../../src/core/envelope-cipher.ts'
import { openPair, readPrivateKey, readPublicKey, writePublicKey } from '../../../src/core/envelope-keys.ts'
import { createChannels } from '../../../src/surfaces/onekosmos/envelope/channel.ts'
import { openHeaders, readRequestId } from '../../../src/surfaces/onekosmos/envelope/headers.ts'
import { newPair, seal, sharedKey, unseal, type WirePair } from './client.ts'

const vectors = [
  {
    name: 'clear text',
    clientPrivate: 'pB+/Xw43CmRAovZ0e4IvuTm3t1LJC2GOYIxlWQz8vK0=',
    clientPublic: 'qjKzK8lt37L4/JjgO/TgXi27o9wGTC0vXeCufr7qSJOeDbwltvi3OXyR1940R/LTpXi1jfqMH7649x9AjX4CZg==',
    serverPrivate: 'HIkf73ndBKllwQ9YR9WsWscYyqO1+8t7d99OJ6stkis=',
    serverPublic: 'V1aXZqdm2mG5odWxm6gnfraQZaBW7fTYQgTW//WybIGqqeFnOHxV857MkbHHaXdSOcyf6FlB9EyJC4KoO35YLg==',
    shared: 'UjUgDTcPr6S3XE4McNsdAeQrEp9cRdiid1JRWeoVhMg=',
    iv: '246ffcc9638832792873924972833627',
    plain: 'Clear text to encrypt/decrypt.',
    sealed: 'JG/8yWOIMnkoc5JJcoM2J3MB6wjnD7R17FlNq7aYP5509l014KnTP85nNzGABaus/8inr7ipUil4JExd+vM=',
  },
  {
    name: 'a requestid',
    clientPrivate: 'GUA9EhV76J8rpjB8z2pViy3LnjPNmQkGn0ZEiWkgyUw=',
    clientPublic: 'Iq7xmzpuyo4l5iMlEFsPfQSonHSvabVe/co9mKsfkB4b1Vzeo7rFPp/DDZ3xBGtAgXcrl8BCLxbAxmo4RVtKmA==',
    serverPrivate: 'Kyea5S+Y6UXlxghm/hE/fmUhOGOPqLcO5BIQekFCpH0=',
    serverPublic: 'Hvm/XjIrki4F+62OHqV8Wn2YsUAN7A6YwX/jDVe6ciwN2aDttcZcUHDRPYoGieHONqLGaHi3sL9KVM6f/cKbvw==',
    shared: 'Yhv3i2mMLCoCmXo0AOuWd9XGcSVkWnj6fXJ6xhB1cp8=',
    iv: '6ec5d90e0f8d836f9d953e1107091159',
    plain: '{"ts":1700000000,"uuid":"00000000-0000-4000-8000-000000000000","appid":"com.example.test"}',
    sealed:
      'bsXZDg+Ng2+dlT4RBwkRWdtPM9EsyAnwdG4pcaqhjJ3K0GEaQtB6AeNqHWbh8OV46UC60yjHjek7d0H23sH+yKESstcSSt35f0Z2kP+UYbGdX/+46JRAr3VDa1AdNxiioKHzpRKBwYAZ6DFes2/BE1a7cYxmZZypKfA=',
  },
  {
    name: 'a shared key that begins with a zero byte',
    clientPrivate: 'FHPcK3OGfaq9kPMbgrDjSiGOzUMDyy0fJ5G81Alg1as=',
    clientPublic: 'Uu0CA5ZrXdBSe3annB/DY4llT95YlObGKg9YIzawzO+MaEEC+E5jlEV8BwUBIe03IUuQ0t1Da6FGDimVwBVlCQ==',
    serverPrivate: 'ZmSYB5QPSOCUog3BCVa6PwmSX7L2aeKwyJCdfZQ+vkA=',
    serverPublic: '3ZZMeuw+wFiFjvQN4nzMTLxJhxv483JfvGHAEDZnMwZz7PTi4dcazXBHBwsJp7lNJeuDgGhrQa5wVc74FaSEfg==',
    shared: 'ABzkGVOWRzpRNHkIIFJKUM25+JWMHOrIwsEHuon9PqI=',
    iv: 'd60fa99e949ea5b5c8872d970598f638',
    plain: 'leading zero ✓',
    sealed: '1g+pnpSepbXIhy2XBZj2OD/5hKZoODCIeto4WHPPnlONg/KZCS2YpwCnKxNcE3qK',
  },
]

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')
const asServiceKey = (pair: WirePair) => ({
  keyId: pair.publicKey,
  privateKey: readPrivateKey(pair.privateKey) ?? Buffer.alloc(32),
})

describe('the published vectors', () => {
  it.each(vectors)('agree on $name, from either side', (vector) => {
    const server = readPrivateKey(vector.serverPrivate)
    const client = readPrivateKey(vector.clientPrivate)
    const clientPoint = readPublicKey(vector.clientPublic)
    const serverPoint = readPublicKey(vector.serverPublic)
    if (!server || !client || !clientPoint || !serverPoint) throw new Error('a key of the vector was not read')
    expect(openPair(server).publicKey).toBe(vector.serverPublic)
    expect(openPair(server).agree(clientPoint).toString('base64')).toBe(vector.shared)
    expect(openPair(client).agree(serverPoint).toString('base64')).toBe(vector.shared)
    expect(decryptText(bytes(vector.shared), vector.sealed)).toBe(vector.plain)
    expect(encryptText(bytes(vector.shared), vector.plain, Buffer.from(vector.iv, 'hex'))).toBe(vector.sealed)
  })

  it.each(vectors)('agree with the independent client on $name', (vector) => {
    const pair = { publicKey: vector.clientPublic, privateKey: vector.clientPrivate }
    expect(sharedKey(pair, vector.serverPublic).toString('base64')).toBe(vector.shared)
    expect(seal(bytes(vector.shared), vector.plain, Buffer.from(vector.iv, 'hex'))).toBe(vector.sealed)
    expect(unseal(bytes(vector.shared), vector.sealed)).toBe(vector.plain)
  })

  it('take a private key with and without its leading zero byte', () => {
    const whole = 'ANZTTb0A51vJAwc6FWbEJ5Jblch/QbU484RGumEDy50='
    const publicKey = 'Jg0EHwGOPXm1x9qYSU4gzw23eu0m15qXXklCk2Gu2QsSWPNUct+CAPwbf7gU0LDIPczSp0YV4FPusd0oWnQ7tg=='
    const forms = [bytes(whole), bytes(whole).subarray(1), Buffer.concat([Buffer.of(0), bytes(whole)])]
    for (const form of forms) {
      const read = readPrivateKey(form.toString('base64'))
      expect(read?.toString('base64')).toBe(whole)
      expect(openPair(read ?? form).publicKey).toBe(publicKey)
    }
  })
})

describe('public keys', () => {
  const publicKey = vectors[0]?.clientPublic ?? ''
  const raw = bytes(publicKey)

  it('are read in all three forms and written in one', () => {
    const odd = (raw[63] ?? 0) % 2 === 1
    const forms = [
      raw,
      Buffer.concat([Buffer.of(4), raw]),
      Buffer.concat([Buffer.of(odd ? 3 : 2), raw.subarray(0, 32)]),
    ]
    for (const form of forms) {
      const point = readPublicKey(form.toString('base64'))
      expect(point && writePublicKey(point)).toBe(publicKey)
    }
  })

  it.each([
    ['empty', ''],
    ['no base64', '!'.repeat(88)],
    ['half of one', raw.subarray(0, 32).toString('base64')],
    ['all zeros', Buffer.alloc(64).toString('base64')],
    ['off the curve', Buffer.concat([raw.subarray(0, 63), Buffer.of((raw[63] ?? 0) ^ 1)]).toString('base64')],
    ['beyond the field', Buffer.alloc(64, 255).toString('base64')],
    ['the hybrid form', Buffer.concat([Buffer.of(6), raw]).toString('base64')],
    ['without padding', publicKey.replace(/=+$/, '')],
    ['huge', 'A'.repeat(100_000)],
    ['a point of P-256', 'axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=='],
  ])('that are %s are refused', (_, text) => {
    expect(readPublicKey(text)).toBeUndefined()
  })
})

describe('private keys', () => {
  it.each([
    ['zero', Buffer.alloc(32)],
    ['beyond the order', Buffer.alloc(32, 255)],
    ['too long', Buffer.alloc(34, 1)],
    ['empty', Buffer.alloc(0)],
  ])('that are %s are refused', (_, key) => {
    expect(readPrivateKey(key.toString('base64'))).toBeUndefined()
  })
})

describe('sealed text', () => {
  const key = bytes(vectors[0]?.shared ?? '')

  it('comes back whole from either side, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (plain) => {
        expect(decryptText(key, seal(key, plain))).toBe(plain)
        expect(unseal(key, encryptText(key, plain))).toBe(plain)
      }),
    )
  })

  it('takes 32 bytes when it is empty', () => {
    expect(bytes(encryptText(key, '')).length).toBe(32)
    expect(decryptText(key, encryptText(key, ''))).toBe('')
  })

  it('never encrypts the same text to the same bytes', () => {
    expect(encryptText(key, 'x')).not.toBe(encryptText(key, 'x'))
  })

  it('is refused when one bit is changed, anywhere', () => {
    const sealed = bytes(seal(key, 'the quick brown fox'))
    fc.assert(
      fc.property(fc.nat({ max: sealed.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(sealed)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(decryptText(key, changed.toString('base64'))).toBeUndefined()
      }),
    )
  })

  it('is refused when it is cut, and never throws', () => {
    const sealed = seal(key, 'the quick brown fox')
    fc.assert(
      fc.property(fc.nat({ max: sealed.length - 1 }), (length) => {
        expect(decryptText(key, sealed.slice(0, length))).toBeUndefined()
      }),
    )
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => decryptText(key, text) === undefined))
    fc.assert(fc.property(fc.base64String(), (text) => decryptText(key, text) === undefined))
  })

  it('is refused when it holds bytes that are not UTF-8', () => {
    const iv = Buffer.alloc(16, 7)
    const aes = createCipheriv('aes-256-gcm', key, iv)
    const body = Buffer.concat([aes.update(Buffer.of(0xc3, 0x28)), aes.final()])
    expect(decryptText(key, Buffer.concat([iv, body, aes.getAuthTag()]).toString('base64'))).toBeUndefined()
  })
})

describe('a channel', () => {
  it('reads both ways for any two pairs', () => {
    const open = createChannels()
    for (let round = 0; round < 20; round++) {
      const [service, caller] = [newPair(), newPair()]
      const channel = open([asServiceKey(service)], caller.publicKey)
      const shared = sharedKey(caller, service.publicKey)
      expect(channel?.decrypt(seal(shared, 'hello'))).toBe('hello')
      expect(unseal(shared, channel?.encrypt('back') ?? '')).toBe('back')
    }
  })

  it('reads what was encrypted to a former key, and answers under that key', () => {
    const [current, former, older, caller] = [newPair(), newPair(), newPair(), newPair()]
    const channel = createChannels()([current, former, older].map(asServiceKey), caller.publicKey)
    const shared = sharedKey(caller, older.publicKey)
    expect(channel?.decrypt(seal(shared, 'from a cache'))).toBe('from a cache')
    expect(unseal(shared, channel?.encrypt('back') ?? '')).toBe('back')
    expect(channel?.decrypt(seal(sharedKey(caller, newPair().publicKey), 'for another'))).toBeUndefined()
  })

  it('keeps callers apart when it remembers fewer than there are', () => {
    const service = newPair()
    const open = createChannels(2)
    const callers = Array.from({ length: 5 }, newPair)
    for (let round = 0; round < 2; round++)
      for (const caller of callers) {
        const channel = open([asServiceKey(service)], caller.publicKey)
        expect(channel?.decrypt(seal(sharedKey(caller, service.publicKey), caller.publicKey))).toBe(caller.publicKey)
      }
  })
})

describe('the three headers', () => {
  const now = 1_700_000_000_000
  const service = newPair()
  const caller = newPair()
  const shared = sharedKey(caller, service.publicKey)
  const rules = { open: createChannels(), now, allowedTimeSpan: 60 }
  const request = (change: object = {}): string =>
    seal(shared, JSON.stringify({ ts: now / 1000, appid: 'app', uuid: 'u', ...change }))
  const good = (): Record<string, string | string[]> => ({
    licensekey: seal(shared, 'licence-1'),
    requestid: request(),
    publickey: caller.publicKey,
  })
  const read = (change: Record<string, string | string[]> = {}, without: readonly string[] = []) => {
    const headers = Object.fromEntries(
      Object.entries({ ...good(), ...change }).filter(([name]) => !without.includes(name)),
    )
    return openHeaders(headers, [asServiceKey(service)], rules)
  }
  const told = (opened: ReturnType<typeof read>) => opened.issues.map((issue) => [issue.name, issue.message])

  it('are opened together', () => {
    const opened = read()
    expect(opened.issues).toEqual([])
    expect(opened.licence).toBe('licence-1')
    expect(opened.requestId).toEqual({ appid: 'app', uuid: 'u', ts: now / 1000 })
  })

  it('are all named when all are missing', () => {
    expect(told(read({}, ['licensekey', 'requestid', 'publickey']))).toEqual([
      ['licensekey', 'This header should not be empty'],
      ['requestid', 'This header should not be empty'],
      ['publickey', 'This header should not be empty'],
    ])
  })

  it('that cannot be decrypted are named', () => {
    expect(told(read({ licensekey: 'licence-1', requestid: 'AAAA' }))).toEqual([
      ['licensekey', "This header can't be decrypted"],
      ['requestid', "This header can't be decrypted"],
    ])
    expect(told(read({ publickey: Buffer.alloc(64).toString('base64') }))).toEqual([
      ['publickey', "This header can't be decrypted"],
    ])
  })

  it('that are empty, also inside, are named', () => {
    expect(told(read({ licensekey: '  ' }))).toEqual([['licensekey', 'This header should not be empty']])
    expect(told(read({ licensekey: seal(shared, '') }))).toEqual([['licensekey', 'This header should not be empty']])
  })

  it('that come twice are named', () => {
    const twice = good().licensekey
    expect(told(read({ licensekey: `${twice}, ${twice}` }))).toEqual([
      ['licensekey', 'This header should be sent once'],
    ])
    expect(told(read({ publickey: [caller.publicKey, caller.publicKey] }))).toEqual([
      ['publickey', 'This header should be sent once'],
    ])
  })

  it.each([
    ['60 s late', { ts: now / 1000 - 60 }],
    ['60 s early', { ts: now / 1000 + 60 }],
    ['its ts as digits', { ts: String(now / 1000) }],
    ['appId with a capital', { appid: undefined, appId: 'blockid.php.sdk', uuid: '65a1b2c3d4e5f' }],
  ])('are good with %s', (_, change) => {
    expect(read({ requestid: request(change) }).issues).toEqual([])
  })

  it.each([
    ['61 s late', request({ ts: now / 1000 - 61 })],
    ['61 s early', request({ ts: now / 1000 + 61 })],
    ['milliseconds', request({ ts: now })],
    ['no ts', request({ ts: undefined })],
    ['ts of another type', request({ ts: { $gt: 0 } })],
    ['no uuid', request({ uuid: undefined })],
    ['an empty uuid', request({ uuid: ' ' })],
    ['a number as uuid', request({ uuid: 5 })],
    ['no appid', request({ appid: undefined })],
    ['the text null', seal(shared, 'null')],
    ['an array', seal(shared, '[]')],
    ['no JSON', seal(shared, "{'ts':1}")],
  ])('name requestid with %s', (_, requestid) => {
    expect(told(read({ requestid })).map(([name]) => name)).toEqual(['requestid'])
    expect(read({ requestid }).requestId).toBeUndefined()
  })

  it('never throw, whatever stands in a requestid', () => {
    fc.assert(fc.property(fc.json(), (text) => void readRequestId(text, rules)))
    fc.assert(fc.property(fc.string(), (text) => void readRequestId(text, rules)))
  })
})
