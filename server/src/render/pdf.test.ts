import { execFileSync } from 'node:child_process'
import { inflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { count, instant, type Row, text } from '../core/table.ts'
import type { Document } from './document.ts'
import { renderPdf } from './pdf.ts'

const names = [
  'Zoë Müller-Lüdenscheidt',
  'Ольга Иванова',
  'Ελένη Παπαδοπούλου',
  '王小明',
  '山田たろう',
  '김민준',
  'محمد عبد الله',
]

const documentOf = (rows: readonly Row[], most = 10_000, total = rows.length): Document => ({
  title: 'Logins of محمد',
  realm: 'Globex & Söhne · default',
  period: { from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 10, 1) },
  zone: 'Europe/Berlin',
  askedBy: 'ann@globex.example',
  generatedAt: Date.UTC(2026, 10, 27, 5),
  filter: 'Outcome is "success"',
  notes: [],
  figures: [{ label: 'Logins', kind: 'count', value: 12_345 }],
  chart: {
    kind: 'bars',
    over: 'names',
    title: 'Logins by user',
    unit: 'Logins',
    labels: ['山田たろう', 'ann'],
    series: [{ name: 'Logins', values: [3, 2] }],
  },
  columns: { at: instant('Time'), user: text('User'), logins: count('Logins') },
  rows: (async function* () {
    yield rows
  })(),
  total,
  most,
})

const rowsOf = (number: number, user: (at: number) => string): Row[] =>
  Array.from({ length: number }, (_, at) => ({ at: Date.UTC(2026, 9, 5) + at * 60_000, user: user(at), logins: at }))

const pdfOf = async (document: Document): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of renderPdf(document)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The text as poppler reads it, without the signs that only tell a direction. */
const read = (pdf: Buffer, ...options: string[]): string =>
  execFileSync('pdftotext', ['-layout', ...options, '-', '-'], { input: pdf })
    .toString()
    .replace(/[\u200e\u200f\u202a-\u202e]/g, '')

/** What the pages draw, uncompressed. */
const drawn = (pdf: Buffer): string =>
  Array.from(pdf.toString('latin1').matchAll(/FlateDecode[^>]*>>\s*stream\n([\s\S]*?)\nendstream/g), ([, body = '']) =>
    inflateSync(Buffer.from(body, 'latin1')).toString('latin1'),
  )
    .filter((body) => body.includes(' TJ'))
    .join('\n')

it('carries names in Latin, Cyrillic, Greek, Chinese, Japanese, Korean and Arabic, and misses no glyph', async () => {
  const pdf = await pdfOf(documentOf(rowsOf(names.length, (at) => names[at] ?? '')))
  const said = read(pdf)
  for (const name of names) expect(said).toContain(name)
  for (const head of ['Globex & Söhne · default', 'ann@globex.example', 'Outcome is "success"', '12,345', '1 of 2'])
    expect(said).toContain(head)
  expect(said).toContain('2026-10-01 02:00:00 to 2026-11-01 01:00:00')
  const codes = Array.from(drawn(pdf).matchAll(/<([0-9a-f]+)>/g), ([, hex = '']) => hex.match(/..../g) ?? []).flat()
  expect(codes.length).toBeGreaterThan(400)
  expect(codes).not.toContain('0000')
})

it('shows a sign in place of what no font has', async () => {
  const said = read(await pdfOf(documentOf(rowsOf(1, () => 'smile 😀 and \u0001'))))
  expect(said).toContain('smile \ufffd and \ufffd')
})

it('sets Arabic from right to left, joined', async () => {
  const said = ['محمد عبد الله', 'م', 'ح', 'د']
  const pdf = await pdfOf({ ...documentOf(rowsOf(4, (at) => said[at] ?? '')), title: 'Logins', chart: undefined })
  // Here poppler tells the letters of a word as they stand, from left to right.
  const words = execFileSync('pdftotext', ['-bbox', '-', '-'], { input: pdf }).toString()
  const left = (word: string): number => {
    const found = Array.from(words.matchAll(/xMin="([\d.]+)"[^>]*>([^<]*)</g)).find(([, , one]) => one === word)
    return Number(found?.[1])
  }
  expect(left('دمحم')).toBeGreaterThan(left('دبع'))
  expect(left('دبع')).toBeGreaterThan(left('هللا'))
  // Fonts are numbered as they are first needed: the Arabic one is the last.
  const fonts = Array.from(drawn(pdf).matchAll(/\/F(\d+) /g), ([, number]) => Number(number))
  const last = String(Math.max(...fonts))
  let font: string | undefined
  const arabic: string[] = []
  for (const [, face, operand = ''] of drawn(pdf).matchAll(/\/F(\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g))
    if (face) font = face
    else if (font === last) arabic.push(...(operand.match(/[0-9a-f]{4}/g) ?? []))
  expect(arabic.length).toBeGreaterThan(12)
  const alone = arabic.splice(-3)
  expect(new Set(alone).size).toBe(3)
  // No letter within these words has the form that it has by itself.
  expect(arabic.filter((code) => alone.includes(code))).toEqual([])
})

it('repeats the heads of its table on every page, and counts its pages', async () => {
  const pdf = await pdfOf(documentOf(rowsOf(120, (at) => `user-${at}`)))
  const pages = read(pdf).split('\f').slice(0, -1)
  expect(pages).toHaveLength(5)
  pages.forEach((page, at) => {
    expect(page).toMatch(/Time +User +Logins/)
    expect(page).toContain(`${at + 1} of 5`)
  })
  expect(pages.join('').match(/user-\d+/g)).toHaveLength(120)
})

it('says how many rows it leaves out', async () => {
  const said = read(
    await pdfOf(
      documentOf(
        rowsOf(6, () => 'ann'),
        5,
        12_435,
      ),
    ),
  )
  expect(said).toContain('12,430 more rows: see the CSV')
  expect(said.match(/\bann\b(?!@)/g)?.length).toBe(6)
})

it('breaks a cell that is taller than a page over several', async () => {
  const long = Array.from({ length: 400 }, (_, at) => `w${at}`).join(' ')
  const narrow = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`c${at}`, text(`Column ${at}`)]))
  const rows = [Object.fromEntries(Object.keys(narrow).map((name) => [name, long]))]
  const made = documentOf([])
  const pdf = await pdfOf({
    ...made,
    chart: undefined,
    columns: narrow,
    rows: (async function* () {
      yield rows
    })(),
  })
  const pages = read(pdf).split('\f').slice(0, -1)
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.at(-1)).toMatch(/…/)
})

it('is the same for the same document', async () => {
  const make = () => pdfOf(documentOf(rowsOf(50, (at) => names[at % 7] ?? '')))
  expect((await make()).equals(await make())).toBe(true)
})
