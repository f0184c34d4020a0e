import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrayElements } from './array-text.ts'

const cut = (text: string): string[] | undefined => arrayElements(text)?.map(([from, to]) => text.slice(from, to))

describe('the elements of an array in its text', () => {
  it('are those that a parser finds, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 8 }),
        fc.constantFrom(0, 1, 4),
        (values, indent) => {
          const text = `${' '.repeat(indent)}${JSON.stringify(values, null, indent)}\n`
          expect(cut(text)?.map((element) => JSON.parse(element))).toEqual(JSON.parse(text))
        },
      ),
    )
  })

  it('are never found where a parser finds no array, when each of them is JSON', () => {
    const signs = fc.string({ maxLength: 40, unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ':', '1', ' ') })
    fc.assert(
      fc.property(signs, (text) => {
        const found = cut(text)
        if (!found) return
        const each = found.every((element) => {
          try {
            JSON.parse(element)
            return true
          } catch {
            return false
          }
        })
        if (each) expect(Array.isArray(JSON.parse(text))).toBe(true)
      }),
    )
  })

  it.each([
    ['[]', []],
    [' [ ] ', []],
    ['[{"a":"],["},1]', ['{"a":"],["}', '1']],
    ['["\\\\",2]', ['"\\\\"', '2']],
    ['[1,]', undefined],
    ['[,1]', undefined],
    ['[1,,2]', undefined],
    ['[1', undefined],
    ['[1]]', undefined],
    ['[1] x', undefined],
    ['[}]', undefined],
    ['{}', undefined],
    ['', undefined],
    ['["a', undefined],
  ])('cuts %s into %j', (text, elements) => {
    expect(cut(text)).toEqual(elements)
  })
})
