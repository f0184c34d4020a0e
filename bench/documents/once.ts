import { createRequire } from 'node:module'
import PDFDocument from 'pdfkit'
import { count, instant, type Row, text } from '../../server/src/core/table.ts'
import { renderPdf } from '../../server/src/render/pdf.ts'

const [contender = '', rows = '0'] = process.argv.slice(2)
const number = Number(rows)
const began = Date.UTC(2026, 9, 1)
const columns = {
  at: instant('Time'),
  user: text('User'),
  application: text('Application'),
  event: text('Event'),
  ip: text('Address'),
  logins: count('Logins'),
}

const rowAt = (at: number): Row => ({
  at: began + at * 61_000,
  user: `user-${at % 900}@globex.example`,
  application: `application-${at % 40}`,
  event: `01a2014b-c055-7431-b239-${String(at).padStart(12, '0')}`,
  ip: `192.0.2.${at % 256}`,
  logins: at * 37,
})

/** Our document: head, figures and table. */
async function* ours(): AsyncGenerator<Uint8Array> {
  yield* renderPdf({
    title: 'Login activity',
    realm: 'Globex · default',
    period: { from: began, to: began + 86_400_000 },
    zone: 'Europe/Berlin',
    askedBy: 'bench',
    generatedAt: began,
    filter: '',
    notes: [],
    figures: [{ label: 'Rows', kind: 'count', value: number }],
    chart: undefined,
    columns,
    rows: (async function* () {
      for (let from = 0; from < number; from += 5_000)
        yield Array.from({ length: Math.min(5_000, number - from) }, (_, at) => rowAt(from + at))
    })(),
    total: number,
    most: number,
  })
}

/** The rival: the same cells in the same font with the table that PDFKit brings along. */
async function* rival(): AsyncGenerator<Uint8Array> {
  const pdf = new PDFDocument({ size: 'A4', layout: 'landscape', margin: 36 })
  pdf.font(createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'), 8)
  const table = pdf.table({ rowStyles: { border: [0, 0, 0.5, 0] } })
  table.row(Object.values(columns).map(({ label }) => label))
  for (let at = 0; at < number; at += 1) {
    const row = rowAt(at)
    table.row([new Date(Number(row.at)).toISOString(), ...Object.values(row).slice(1).map(String)])
  }
  table.end()
  pdf.end()
  for await (const piece of pdf) yield piece as Uint8Array
}

const started = performance.now()
let bytes = 0
for await (const piece of contender === 'ours' ? ours() : rival()) bytes += piece.length
process.stdout.write(
  JSON.stringify({ ms: performance.now() - started, bytes, peakBytes: process.resourceUsage().maxRSS * 1_024 }),
)
