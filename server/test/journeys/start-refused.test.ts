import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { certify } from '../certify.ts'
import { runCommand } from '../command.ts'

let folder: string
let file: string
let pair: Awaited<ReturnType<typeof certify>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-refused-'))
  file = join(folder, 'no-pem')
  await writeFile(file, 'no certificate')
  pair = await certify(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a start that cannot be is refused with a sentence that says what to do', () => {
  it.each<[string, () => Record<string, string>, string[]]>([
    [
      'a file for a data folder',
      () => ({ ROLLCALL_DATA: file }),
      ['a file stands in its place', 'Move that file away'],
    ],
    ['a data folder under a file', () => ({ ROLLCALL_DATA: join(file, 'x') }), ['a folder above it', 'ROLLCALL_DATA']],
    [
      'a data folder where none can be',
      () => ({ ROLLCALL_DATA: '/sys/rollcall' }),
      ['right to write', 'ROLLCALL_DATA'],
    ],
    [
      'a certificate that is not there',
      () => ({ ROLLCALL_TLS_CERT: join(folder, 'none.pem'), ROLLCALL_TLS_KEY: file }),
      ['none.pem cannot be read', 'ROLLCALL_TLS_CERT'],
    ],
    [
      'a certificate that is none',
      () => ({ ROLLCALL_TLS_CERT: file, ROLLCALL_TLS_KEY: file }),
      ['HTTPS cannot be served', 'ROLLCALL_TLS_KEY'],
    ],
    [
      'a key of another certificate',
      () => ({ ROLLCALL_TLS_CERT: pair.ca, ROLLCALL_TLS_KEY: pair.key }),
      ['HTTPS cannot be served', 'ROLLCALL_TLS_CERT'],
    ],
    [
      'a host of another machine',
      () => ({ ROLLCALL_HOST: '192.0.2.1' }),
      ['no address of this machine', 'ROLLCALL_HOST'],
    ],
  ])('%s', async (_, set, words) => {
    const settings = { ROLLCALL_DATA: join(folder, 'data'), ROLLCALL_PORT: '0', ROLLCALL_LOG_LEVEL: 'error', ...set() }
    const refused = await runCommand(['serve'], settings, folder)
    expect(refused.code).toBe(1)
    for (const word of words) expect(refused.err).toContain(word)
    expect(refused.err).not.toMatch(/^\s+at /m)
  })

  it.each([
    ['a file', () => file],
    ['a folder under a file', () => join(file, 'x')],
  ])('and doctor says the same of %s for a data folder, once', async (_, data) => {
    const { code, out } = await runCommand(['doctor'], { ROLLCALL_DATA: data(), ROLLCALL_PORT: '0' }, folder)
    expect([code, out]).toEqual([1, expect.stringContaining('a file stands in its place')])
    expect(out).toContain('-> Move that file away, or set ROLLCALL_DATA to another folder.')
    expect(out).toContain('1 thing is wrong')
    expect(out).not.toMatch(/EEXIST|ENOTDIR/)
  })
})
