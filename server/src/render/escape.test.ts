import { assert, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { text } from '../core/table.ts'
import { escapeCss, escapeHtml } from './escape.ts'
import { renderHtml } from './html.ts'

const anything = () => string({ unit: 'binary', maxLength: 60 })

it('leaves nothing in a text that HTML would take for more than text', () => {
  expect(escapeHtml(`<a href="x" onclick='y'>&</a>`)).toBe(
    '&lt;a href=&quot;x&quot; onclick=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
  )
  expect(escapeHtml('a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc')
  assert(
    property(anything(), (sent) => {
      const said = escapeHtml(sent)
      expect(said).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/)
    }),
  )
})

it('lets no label end a string of the style', () => {
  expect(escapeCss('a"}</style>')).toBe('a\\22 \\7d \\3c \\2f style\\3e ')
})

it('makes a page of the same tags whatever the cells hold', async () => {
  const page = async (said: string): Promise<string> => {
    const pieces: Uint8Array[] = []
    const rows = (async function* () {
      yield [{ user: said }]
    })()
    const document = { title: said, realm: said, askedBy: said, filter: said, notes: [said], zone: 'UTC' }
    const figures = [{ label: said, kind: 'text' as const, value: said }]
    const shown = { figures, columns: { user: text(said) }, rows, total: 1, most: 10 }
    for await (const piece of renderHtml({
      ...document,
      ...shown,
      period: undefined,
      generatedAt: 0,
      chart: undefined,
    }))
      pieces.push(piece)
    return Buffer.concat(pieces).toString()
  }
  const tags = (said: string): string => (said.match(/<(?!wbr>)[a-z/!][^>]*>/g) ?? []).join('')
  const plain = tags(await page('ann'))
  for (const said of [
    '<script>alert(1)</script>',
    '" onload="x',
    "'><svg onload=x>",
    '</style><b>',
    ']]>',
    '<!--',
    '\u2028</td>',
  ])
    expect(tags(await page(said))).toBe(plain)
})
