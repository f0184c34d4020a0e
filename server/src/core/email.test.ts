import { expect, test } from 'vitest'
import { isEmail } from './email.ts'

test('takes plain addresses', () => {
  for (const one of ['ann@acme.example', 'a.b+c@sub.acme.example', "o'neil@acme.example", 'jürg@zürich.example'])
    expect([one, isEmail(one)]).toEqual([one, true])
})

test('takes nothing that a header could read as more than one address', () => {
  const bad = [
    '',
    'ann',
    'ann@',
    '@acme.example',
    'ann@acme',
    'ann@acme.example\r\nBcc: eve@evil.example',
    'ann@acme.example\n',
    'ann@acme.example,eve@evil.example',
    'ann@acme.example eve@evil.example',
    'Ann <ann@acme.example>',
    '"ann\r\n"@acme.example',
    'ann@acme..example',
    'ann@-acme.example',
    'ann@acme.example\u0000',
    'ann@acme.example\u2028',
    'ann@\ud800.example',
    `${'a'.repeat(65)}@acme.example`,
    `a@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.example`,
    7,
    null,
  ]
  for (const one of bad) expect([one, isEmail(one)]).toEqual([one, false])
})
