import type { Face, Faces } from './faces.ts'
import type { Line } from './text.ts'

/** Red, green and blue, from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number]

export const ink: Colour = [0.106, 0.122, 0.153]
export const quiet: Colour = [0.35, 0.38, 0.443]
export const rule: Colour = [0.765, 0.788, 0.831]
export const stripe: Colour = [0.961, 0.965, 0.973]

/** An object of the file that is written when its end comes. */
interface Written {
  write(text: string): void
  end(): void
}

/** What is used of PDFKit's document beside its public methods. */
interface Inside {
  addContent(operators: Uint8Array): void
  ref(data: object): Written
  readonly page: { readonly fonts: Record<string, object>; readonly xobjects: Record<string, object> }
}

const at = (value: number): string => String(Math.round(value * 100) / 100)

/** Writes on the pages of a document, in points from their upper left corner. */
export const createPen = (pdf: PDFKit.PDFDocument, faces: Faces) => {
  const inside = pdf as unknown as Inside
  let waiting: string[] = []
  const write = (operators: string): void => void waiting.push(operators)
  const useFace = (face: Face): string => {
    const id = face.id()
    inside.page.fonts[id] ??= face.ref()
    return id
  }
  /** A drawing of its own for the foot of each page, since how many pages there are is known at the end only. */
  const numbers: Written[] = []
  const [digits] = faces.regular
  return {
    fill(colour: Colour, x: number, y: number, width: number, height: number): void {
      write(`${colour.join(' ')} rg ${at(x)} ${at(y)} ${at(width)} ${at(height)} re f`)
    },
    /** Sets a line whose letters stand on `y`; turned by radians to the left around its beginning. */
    line(line: Line, x: number, y: number, size: number, colour: Colour, turn = 0): void {
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
      const turned = turn === 0 ? '1 0 0 -1' : [cos, -sin, -sin, -cos].map((part) => part.toFixed(4)).join(' ')
      let along = 0
      write(`${colour.join(' ')} rg BT`)
      for (const { face, setting } of line.runs) {
        write(`/${useFace(face)} ${at(size)} Tf`)
        for (const piece of setting.pieces) {
          const right = along + (piece.x * size) / 1_000
          const up = (piece.y * size) / 1_000
          write(
            `${turned} ${at(x + right * cos - up * sin)} ${at(y - right * sin - up * cos)} Tm [${piece.operand}] TJ`,
          )
        }
        along += (setting.width * size) / 1_000
      }
      write('ET')
    },
    /** Keeps the place of this page's number, which ends at `x`. */
    number(x: number, y: number): void {
      const number = inside.ref({
        Type: 'XObject',
        Subtype: 'Form',
        BBox: [-100, -4, 0, 12],
        Resources: { Font: { [digits.id()]: digits.ref() } },
      })
      numbers.push(number)
      inside.page.xobjects.Number = number
      write(`q 1 0 0 -1 ${at(x)} ${at(y)} cm /Number Do Q`)
    },
    /** Writes the pages' numbers into the places that wait for them; what one says is told by its page, from 1. */
    finish(lineOf: (page: number) => Line, size: number, colour: Colour): void {
      for (const [before, number] of numbers.entries()) {
        const { runs, width } = lineOf(before + 1)
        const shown = runs.flatMap(({ setting }) => setting.pieces.map(({ operand }) => operand)).join('')
        number.write(`${colour.join(' ')} rg BT /${digits.id()} ${at(size)} Tf ${at(-width)} 0 Td [${shown}] TJ ET`)
        number.end()
      }
    },
    /** Hands what was written to the page; before anything else is drawn on it, and before the next page. */
    flush(): void {
      if (waiting.length > 0) inside.addContent(Buffer.from(`${waiting.join('\n')}\n`, 'latin1'))
      waiting = []
    },
  }
}

export type Pen = ReturnType<typeof createPen>
