import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type EventLimits, inspectEvent } from './json-text.ts'

const limits: EventLimits = { bytes: 10_000, depth: 5, keys: 50, nameLength: 20 }
const issueOf = (text: string): string => {
  const found = inspectEvent(text, limits)
  return found.ok ? 'ok' : found.issue.rule
}

describe('the text of an event', () => {
  it('keeps where each member stands, for any object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 6 }),
        fc.constantFrom(0, 1, 3),
        (object, indent) => {
          const text = JSON.stringify(object, null, indent)
          const found = inspectEvent(text, { ...limits, keys: 10_000, nameLength: 1000, depth: 50, bytes: 1e6 })
          if (!found.ok) {
            expect(found.issue.rule).toMatch(/range|format/)
            return
          }
          const members = found.members()
          expect([...members.keys()].sort()).toEqual(Object.keys(JSON.parse(text)).sort())
          for (const [name, [from, to]] of members)
            expect(JSON.parse(text.slice(from, to))).toEqual(JSON.parse(text)[name])
        },
      ),
    )
  })

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => void inspectEvent(text, limits)))
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', 'a') }),
        (text) => void inspectEvent(text, limits),
      ),
    )
  })

  it.each([
    ['{"a":1,"a":2}', 'duplicate'],
    ['{"a":{"b":1,"\\u0062":2}}', 'duplicate'],
    ['{"a":18446744073709551615}', 'ok'],
    ['{"a":18446744073709551616}', 'range'],
    ['{"a":-9223372036854775808}', 'ok'],
    ['{"a":-9223372036854775809}', 'range'],
    ['{"a":1e999}', 'range'],
    ['{"a":"\\ud800"}', 'format'],
    ['{"a":"\\ud83d\\ude00"}', 'ok'],
    ['{"a":"\\u0000"}', 'ok'],
    ['{"\\ud800":1}', 'format'],
    ['[]', 'type'],
    ['null', 'type'],
    ['', 'format'],
    ['{"a":[[[[[1]]]]]}', 'depth'],
    ['{"a":"[[[[[[[[[["}', 'ok'],
    [`{"${'k'.repeat(21)}":1}`, 'size'],
    [`{${Array.from({ length: 51 }, (_, i) => `"k${i}":1`).join(',')}}`, 'size'],
    [`{"a":"${'x'.repeat(10_001)}"}`, 'size'],
    ['{"__proto__":{"x":1}}', 'ok'],
    ['{"a":"\\\\"}', 'ok'],
    ['{"a":"\\\\","b":[{"c":"}"}]}', 'ok'],
  ])('judges %s as %s', (text, rule) => {
    expect(issueOf(text)).toBe(rule)
  })
})
