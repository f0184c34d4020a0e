import { expect, test } from 'vitest'
import { csvHeads, csvText } from './csv.ts'

test('quotes what has quotes, and makes formulas harmless', () => {
  expect(['a', 'a"b', 'a,b', 'a\r\nb', '=1', '+1', '-1', '@x', '\tx', '\rx', ' =1', ''].map(csvText)).toEqual([
    '"a"',
    '"a""b"',
    '"a,b"',
    '"a\r\nb"',
    '"\'=1"',
    '"\'+1"',
    '"\'-1"',
    '"\'@x"',
    '"\'\tx"',
    '"\'\rx"',
    '" =1"',
    '""',
  ])
  expect(csvHeads(['a', '=b'])).toBe('"a","\'=b"\r\n')
})
