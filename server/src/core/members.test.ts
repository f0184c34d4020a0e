import { assert, json, property } from 'fast-check'
import { expect, test } from 'vitest'
import { membersIn } from './members.ts'

const valuesIn = (text: string): readonly (readonly [string, string])[] | undefined => {
  const found = membersIn(text)
  return found && [...found].map(([name, [from, to]]) => [name, text.slice(from, to)])
}

test('finds each member as it stands, whatever its value holds', () => {
  expect(
    valuesIn(' {"a" : 1.50 ,\n"b":"x\\"}","c\\u0041":[{"a":"]"}],"d":{"e":"{\\\\"},"":null,"__proto__":-1e5} '),
  ).toEqual([
    ['a', '1.50'],
    ['b', '"x\\"}"'],
    ['cA', '[{"a":"]"}]'],
    ['d', '{"e":"{\\\\"}'],
    ['', 'null'],
    ['__proto__', '-1e5'],
  ])
  expect(valuesIn('{}')).toEqual([])
  expect(valuesIn(' { } ')).toEqual([])
})

test('finds nothing in what is no object', () => {
  for (const text of [
    '',
    '[]',
    '1',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{"a":1}x',
    '{"a":"1}',
    '{"a":[1}',
    '{a:1}',
    '{"\\x":1}',
  ])
    expect([text, membersIn(text)]).toEqual([text, undefined])
})

test('what it finds is what parsing finds', () => {
  assert(
    property(json(), json(), (one, two) => {
      const text = `{ "one" :${one},"two": ${two} }`
      const found = new Map(valuesIn(text))
      expect(JSON.parse(`[${found.get('one')},${found.get('two')}]`)).toEqual(JSON.parse(`[${one},${two}]`))
    }),
  )
})
