import { createRequire } from 'node:module'

/** One shaped glyph's place, in thousandths of the font's size. */
interface Position {
  readonly xAdvance: number
  readonly xOffset: number
  readonly yOffset: number
}

interface Glyph {
  readonly id: number
  readonly advanceWidth: number
  readonly codePoints: number[]
}

/** What is used of a font that PDFKit embeds as a subset: its own members, and those of the fontkit font in it. */
interface Embedded {
  readonly id: string
  readonly scale: number
  readonly widths: number[]
  readonly unicode: number[][]
  readonly subset: { includeGlyph(glyph: number): number }
  readonly font: {
    hasGlyphForCodePoint(codePoint: number): boolean
    glyphForCodePoint(codePoint: number): Glyph
    layout(
      text: string,
      features: undefined,
      script: string,
      language: undefined,
      direction: 'ltr' | 'rtl',
    ): { readonly glyphs: readonly Glyph[]; readonly positions: readonly Position[] }
  }
  ref(): object
}

/** Letters that follow each other in one font: where they stand, in thousandths of its size, and what PDF's TJ takes. */
export interface Piece {
  readonly x: number
  readonly y: number
  readonly operand: string
}

/** Text set in one font, from left to right. */
export interface Setting {
  readonly pieces: readonly Piece[]
  /** In thousandths of the font's size. */
  readonly width: number
}

/** A letter by itself: its code in the embedded font, four hex digits, and its width in thousandths. */
export interface Letter {
  readonly code: string
  readonly width: number
}

/** One font of a document, read from its file when its first letter is needed. */
export interface Face {
  readonly script: string
  /** Its name in the pages. */
  readonly id: () => string
  readonly ref: () => object
  has(codePoint: number): boolean
  /** The letter of a code point as it stands by itself; undefined when the font has none. */
  letter(codePoint: number): Letter | undefined
  /** A text, joined and placed as the script wants it. */
  shape(text: string, direction: 'ltr' | 'rtl'): Setting
}

/** Fonts of the Noto family (SIL Open Font License 1.1), in the order in which they are asked for a letter. */
const files = {
  regular: { script: 'latn', path: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf' },
  bold: { script: 'latn', path: '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf' },
  arabic: { script: 'arab', path: '@expo-google-fonts/noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf' },
  hebrew: { script: 'hebr', path: '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf' },
  han: { script: 'hani', path: '@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf' },
  hangul: { script: 'hang', path: '@expo-google-fonts/noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf' },
} as const

/** Shaped words that are remembered, by font. */
const MOST_SHAPED = 5_000

const round = (value: number): number => Math.round(value * 100) / 100

/** Gathers letters into pieces: a new one where a letter stands off the line, a number where the next is off its place. */
const createRow = () => {
  const pieces: { x: number; y: number; operand: string }[] = []
  let piece: { x: number; y: number; operand: string } | undefined
  let hex = ''
  let x = 0
  const close = (): void => {
    if (piece && hex !== '') piece.operand += `<${hex}>`
    hex = ''
  }
  return {
    add({ code, width }: Letter, advance: number, dx: number, dy: number): void {
      const off = dx !== 0 || dy !== 0
      if (!piece || off) {
        close()
        piece = { x: x + dx, y: dy, operand: '' }
        pieces.push(piece)
      }
      hex += code
      x += advance
      if (off) {
        close()
        piece = undefined
      } else if (Math.abs(width - advance) > 0.01) {
        close()
        piece.operand += String(round(width - advance))
      }
    },
    end(): Setting {
      close()
      return { pieces, width: x }
    },
  }
}

const { resolve } = createRequire(import.meta.url)

const createFace = (pdf: PDFKit.PDFDocument, name: keyof typeof files): Face => {
  const { script, path } = files[name]
  const letters = new Map<number, Letter | undefined>()
  const shaped = new Map<string, Setting>()
  let opened: Embedded | undefined
  const open = (): Embedded => {
    opened ??= (pdf.font(resolve(path), 8) as unknown as { readonly _font: Embedded })._font
    return opened
  }
  /** Takes a glyph into the subset that is embedded, and remembers which characters it shows. */
  const embed = (glyph: Glyph): Letter => {
    const { subset, widths, unicode, scale } = open()
    const code = subset.includeGlyph(glyph.id)
    const width = glyph.advanceWidth * scale
    widths[code] ??= width
    unicode[code] ??= glyph.codePoints
    return { code: code.toString(16).padStart(4, '0'), width }
  }
  const place = (text: string, direction: 'ltr' | 'rtl'): Setting => {
    const { font, scale } = open()
    const { glyphs, positions } = font.layout(text, undefined, script, undefined, direction)
    const row = createRow()
    glyphs.forEach((glyph, at) => {
      const { xAdvance = glyph.advanceWidth, xOffset = 0, yOffset = 0 } = positions[at] ?? {}
      row.add(embed(glyph), xAdvance * scale, xOffset * scale, yOffset * scale)
    })
    return row.end()
  }
  return {
    script,
    id: () => open().id,
    ref: () => open().ref(),
    has: (codePoint) => open().font.hasGlyphForCodePoint(codePoint),
    letter(codePoint) {
      const known = letters.get(codePoint)
      if (known || letters.has(codePoint)) return known
      const { font } = open()
      const letter = font.hasGlyphForCodePoint(codePoint) ? embed(font.glyphForCodePoint(codePoint)) : undefined
      letters.set(codePoint, letter)
      return letter
    },
    shape(text, direction) {
      const key = `${direction} ${text}`
      const known = shaped.get(key)
      if (known) return known
      if (shaped.size >= MOST_SHAPED) shaped.clear()
      const placed = place(text, direction)
      shaped.set(key, placed)
      return placed
    },
  }
}

/** The fonts of one document, in two weights; only Latin, Greek and Cyrillic have a bold one. */
export interface Faces {
  readonly regular: readonly [Face, ...Face[]]
  readonly bold: readonly [Face, ...Face[]]
}

export const createFaces = (pdf: PDFKit.PDFDocument): Faces => {
  const others = (['arabic', 'hebrew', 'han', 'hangul'] as const).map((name) => createFace(pdf, name))
  return { regular: [createFace(pdf, 'regular'), ...others], bold: [createFace(pdf, 'bold'), ...others] }
}
