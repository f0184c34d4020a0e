import type { ChartData } from '../../core/summary.ts'
import { drawChart } from '../chart.ts'
import { type Colour, ink, type Pen } from './pen.ts'
import type { Typesetter } from './text.ts'

/** Points to a unit of the drawing, whose letters are made for a screen. */
const SCALE = 0.75

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

type Attributes = ReadonlyMap<string, string>

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

const readEntities = (text: string): string =>
  text.replace(/&(?:#(\d+)|([a-z]+));/g, (all, code: string | undefined, name: string | undefined) =>
    code ? String.fromCodePoint(Number(code)) : (entities[name ?? ''] ?? all),
  )

const attributesOf = (text: string): Attributes =>
  new Map(Array.from(text.matchAll(/([\w:-]+)="([^"]*)"/g), ([, name = '', value = '']) => [name, value]))

const numbersOf = (text: string | undefined): number[] =>
  (text ?? '')
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number)

/** A transform as the six numbers that PDF takes. */
const matrixOf = (transform: string | undefined): readonly number[] => {
  const found = /(translate|matrix|rotate)\(([^)]*)\)/.exec(transform ?? '')
  const values = numbersOf(found?.[2])
  if (found?.[1] === 'matrix' && values.length === 6) return values
  const [x = 0, y = 0] = values
  return [1, 0, 0, 1, x, y]
}

const colourOf = (text: string | undefined): Colour | undefined => {
  const hex = /^#(..)(..)(..)$/.exec(text ?? '')
  if (hex)
    return hex
      .slice(1)
      .map((part) => Math.round((Number.parseInt(part, 16) / 255) * 1_000) / 1_000) as unknown as Colour
  return text === '#fff' ? [1, 1, 1] : text === '#000' ? [0, 0, 0] : undefined
}

/**
 * Draws a chart into a box as vectors: the SVG that ECharts writes, of which it uses paths and texts; everything that
 * only answers a mouse is left out.
 */
export const drawPdfChart = async (
  chart: ChartData,
  pdf: PDFKit.PDFDocument,
  pen: Pen,
  type: Typesetter,
  box: Box,
): Promise<void> => {
  const svg = (await drawChart(chart, { width: box.width / SCALE, height: box.height / SCALE })).replace(
    /<defs[\s\S]*?<\/defs\s*>/g,
    '',
  )
  pen.flush()
  for (const [, tag, said = '', inside = ''] of svg.matchAll(/<(path|text)\s([^>]*)>([^<]*)/g)) {
    const attributes = attributesOf(said)
    if (tag === 'path') drawPath(pdf, attributes, box)
    else drawText(readEntities(inside), attributes, pen, type, box)
  }
  pen.flush()
}

const drawPath = (pdf: PDFKit.PDFDocument, attributes: Attributes, box: Box): void => {
  const opacity = Number(attributes.get('fill-opacity') ?? 1)
  const fill = opacity === 0 ? undefined : colourOf(attributes.get('fill'))
  const width = Number(attributes.get('stroke-width') ?? 1)
  const stroke = width === 0 ? undefined : colourOf(attributes.get('stroke'))
  if (!fill && !stroke) return
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = matrixOf(attributes.get('transform'))
  pdf.save()
  pdf.transform(SCALE * a, SCALE * b, SCALE * c, SCALE * d, box.x + SCALE * e, box.y + SCALE * f)
  pdf.path(attributes.get('d') ?? '')
  const tint = (colour: Colour) => colour.map((part) => Math.round(part * 255)) as [number, number, number]
  pdf.lineWidth(width)
  if (fill) pdf.fillColor(tint(fill), opacity)
  if (stroke) pdf.strokeColor(tint(stroke), Number(attributes.get('stroke-opacity') ?? 1))
  if (fill && stroke) pdf.fillAndStroke()
  else if (fill) pdf.fill()
  else pdf.stroke()
  pdf.restore()
}

const drawText = (text: string, attributes: Attributes, pen: Pen, type: Typesetter, box: Box): void => {
  const size = Number(/font-size:(\d+)/.exec(attributes.get('style') ?? '')?.[1] ?? 12) * SCALE
  const line = type.block(text, { size }, Number.POSITIVE_INFINITY).lines[0]
  if (!line) return
  const [a = 1, b = 0, , , e = 0, f = 0] = matrixOf(attributes.get('transform'))
  const anchor = { start: 0, middle: 0.5, end: 1 }[attributes.get('text-anchor') ?? 'start'] ?? 0
  const [x, y] = [
    SCALE * Number(attributes.get('x') ?? 0) - anchor * line.width,
    SCALE * Number(attributes.get('y') ?? 0) + 0.36 * size,
  ]
  const turn = Math.atan2(-b, a)
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  pen.line(line, box.x + SCALE * e + x * cos + y * sin, box.y + SCALE * f - x * sin + y * cos, size, ink, turn)
}
