import { execFileSync } from 'node:child_process'

/** A part of a page, in points from its upper left corner. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** One page of a PDF as poppler draws it. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** How many of an area's dots are as a colour is, each channel to within 8. */
  count(area: Area, colour: readonly [red: number, green: number, blue: number]): number
  /** The columns of an area, from left to right: how many of each one's dots are dark. */
  columns(area: Area): readonly number[]
  /** The dots of an area, as text that is the same for the same picture. */
  dots(area: Area): string
  /** Whether an area has nothing on it but paper. */
  isBlank(area: Area): boolean
}

/** Dots to a point: enough to tell letters apart. */
const SCALE = 2
const DARK = 128

const pictureOf = (width: number, height: number, data: Buffer): Picture => {
  const within = ({ left, top, right, bottom }: Area) => ({
    from: Math.max(0, Math.round(left * SCALE)),
    to: Math.min(width, Math.round(right * SCALE)),
    first: Math.max(0, Math.round(top * SCALE)),
    last: Math.min(height, Math.round(bottom * SCALE)),
  })
  /** The rows of dots of an area. */
  const rows = (area: Area): Buffer[] => {
    const { from, to, first, last } = within(area)
    return Array.from({ length: last - first }, (_, at) =>
      data.subarray(((first + at) * width + from) * 3, ((first + at) * width + to) * 3),
    )
  }
  return {
    width: width / SCALE,
    height: height / SCALE,
    count(area, colour) {
      let found = 0
      for (const row of rows(area))
        for (let at = 0; at < row.length; at += 3)
          if (colour.every((part, channel) => Math.abs((row[at + channel] ?? 0) - part) <= 8)) found += 1
      return found
    },
    columns(area) {
      const lines = rows(area)
      return Array.from(
        { length: (lines[0]?.length ?? 0) / 3 },
        (_, at) => lines.filter((row) => (row[at * 3] ?? 255) < DARK).length,
      )
    },
    dots: (area) => Buffer.concat(rows(area)).toString('base64'),
    isBlank: (area) => rows(area).every((row) => row.every((part) => part === 255)),
  }
}

/** Draws the pages of a PDF by pdftoppm, which writes one plain picture (PPM) after the other. */
export const picturesOf = (pdf: Buffer): readonly Picture[] => {
  const all = execFileSync('pdftoppm', ['-r', String(72 * SCALE), '-'], { input: pdf, maxBuffer: 1 << 30 })
  const pictures: Picture[] = []
  for (let at = 0; at < all.length; ) {
    const [head = '', width, height] =
      /^P6\s(\d+)\s(\d+)\s255\s/.exec(all.subarray(at, at + 40).toString('latin1')) ?? []
    const bytes = Number(width) * Number(height) * 3
    if (!(bytes > 0)) throw new Error(`pdftoppm wrote what is no picture at byte ${at}`)
    at += head.length
    pictures.push(pictureOf(Number(width), Number(height), all.subarray(at, at + bytes)))
    at += bytes
  }
  return pictures
}

/** A word of a page and where it stands. */
export interface Word extends Area {
  readonly text: string
}

/** The words of each page as poppler reads them. */
export const wordsOf = (pdf: Buffer): readonly (readonly Word[])[] =>
  execFileSync('pdftotext', ['-bbox', '-', '-'], { input: pdf, maxBuffer: 1 << 28 })
    .toString()
    .split('<page ')
    .slice(1)
    .map((page) =>
      Array.from(
        page.matchAll(/xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</g),
        ([, left, top, right, bottom, text = '']) => ({
          left: Number(left),
          top: Number(top),
          right: Number(right),
          bottom: Number(bottom),
          text,
        }),
      ),
    )
