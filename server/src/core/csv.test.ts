import { expect, test } from 'vitest'
import { csvHeads, csvLine, csvText, formulaBegins } from './csv.ts'

test('quotes what has quotes, and makes formulas harmless', () => {
  expect(['a', 'a"b', 'a,b', 'a\r\nb', "'=1", ' =1', '', '1-1', '−1'].map(csvText)).toEqual([
    '"a"',
    '"a""b"',
    '"a,b"',
    '"a\r\nb"',
    '"\'=1"',
    '" =1"',
    '""',
    '"1-1"',
    '"−1"',
  ])
  expect(csvHeads(['a', '=b'])).toBe('"a","\'=b"\r\n')
})

test('one rule says what begins like a formula, whether cells are quoted always or where they must be', () => {
  for (const begin of formulaBegins) expect(csvText(`${begin}1`)).toBe(`"'${begin}1"`)
  expect(csvLine(['+41 79 123 45 67', '-1', '@x', '\tx', '＝1', '＋1', '－1', '＠x', 'a', ' =1', '=A1,"x"'])).toBe(
    "'+41 79 123 45 67,'-1,'@x,'\tx,'＝1,'＋1,'－1,'＠x,a, =1,\"'=A1,\"\"x\"\"\"\r\n",
  )
  expect(csvLine(['\rx', '\nx'])).toBe('"\'\rx","\'\nx"\r\n')
})
