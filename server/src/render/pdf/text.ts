import bidiFactory from 'bidi-js'
import type { Face, Faces, Letter, Setting } from './faces.ts'

/** Text in one font, ready to stand at a place. */
export interface Run {
  readonly face: Face
  readonly setting: Setting
}

/** One line of a text: its runs from left to right, and its width in points. */
export interface Line {
  readonly runs: readonly Run[]
  readonly width: number
}

/** A text broken into lines. */
export interface Block {
  readonly lines: readonly Line[]
  /** Whether it reads from right to left, and so begins at the right edge. */
  readonly rtl: boolean
}

export interface TextStyle {
  readonly size: number
  readonly bold?: boolean
}

/** Shown in place of every character that no font has. */
const REPLACEMENT = 0xfffd
/** Letters that stand by themselves: nothing of a script's shaping is lost when they are set one by one. */
const PLAIN = /^[ -~\u00a0-\u00ac\u00ae-\u024f\u0370-\u03ff\u0400-\u0482\u048a-\u052f]*$/
/** Behind these a word that is longer than a line is broken. */
const SIGNS = '-_.@/:,;=&?|'
/** Where a line may end, where the next one begins, and how much of the line is used up to there. */
const none = { end: -1, next: -1, used: 0 }
/** A letter together with the marks and joiners behind it. */
const CLUSTER = /\P{M}[\p{M}\u200c\u200d]*|\p{M}+/gu
/** Signs that say something about their neighbours and show nothing. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu
/** Scripts that may be broken between any two letters. */
const BROKEN_ANYWHERE = /[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u{20000}-\u{3fffd}]/u

/** What is used of bidi-js; its types do not fit how Node imports it. */
interface Bidi {
  getEmbeddingLevels(text: string): { readonly levels: Uint8Array; readonly paragraphs: readonly { level: number }[] }
  getMirroredCharacter(sign: string): string | null
}

const clean = (text: string): string =>
  text
    .toWellFormed()
    .normalize('NFC')
    .replace(/\s/g, ' ')
    .replace(/\p{Cc}/gu, '\ufffd')

/** The least that is set together: in one font, and broken nowhere unless it is too long for a line. */
interface Cluster {
  readonly text: string
  readonly face: Face
  readonly level: number
  readonly width: number
}

/** Blocks of texts that need shaping which are remembered: names come again and again. */
const MOST_BLOCKS = 5_000
const NO_LETTER: Letter = { code: '0000', width: 0 }

const directionOf = (level: number): 'ltr' | 'rtl' => (level % 2 ? 'rtl' : 'ltr')

/** Breaks texts into lines and sets them, in whatever scripts they are. */
export const createTypesetter = (faces: Faces) => {
  const bidi = (bidiFactory as unknown as () => Bidi)()
  /** Letters that stand by themselves, from one place of a text to another, as a line. */
  const plainLine = (letters: readonly Letter[], from: number, to: number, face: Face, size: number): Line => {
    let width = 0
    let hex = ''
    for (let at = from; at < to; at += 1) {
      const letter = letters[at] ?? NO_LETTER
      width += letter.width
      hex += letter.code
    }
    const setting = { pieces: [{ x: 0, y: 0, operand: `<${hex}>` }], width }
    return { runs: hex === '' ? [] : [{ face, setting }], width: (width * size) / 1_000 }
  }

  /** Lines of such letters: broken at spaces, and what is longer than a line behind a sign within it, or anywhere. */
  const plainLines = (text: string, face: Face, size: number, width: number): Line[] => {
    const letters: Letter[] = []
    for (let at = 0; at < text.length; at += 1)
      letters.push(face.letter(text.charCodeAt(at)) ?? face.letter(REPLACEMENT) ?? NO_LETTER)
    const room = (width * 1_000) / size
    const lines: Line[] = []
    let from = 0
    let used = 0
    let space = none
    let sign = none
    for (let at = 0; at < letters.length; at += 1) {
      const isSpace = text[at] === ' '
      const wide = letters[at]?.width ?? 0
      if (used + wide > room && at > from && !isSpace) {
        const broken = space.end > from ? space : sign.end > from ? sign : { end: at, next: at, used }
        lines.push(plainLine(letters, from, broken.end, face, size))
        from = broken.next
        used -= broken.used
        space = none
        if (sign.next <= from) sign = none
        else sign = { ...sign, used: sign.used - broken.used }
      }
      used += wide
      if (isSpace) space = { end: at, next: at + 1, used }
      else if (SIGNS.includes(text[at] ?? '')) sign = { end: at + 1, next: at + 1, used }
    }
    lines.push(plainLine(letters, from, letters.length, face, size))
    return lines
  }

  const faceOf = (text: string, chain: Faces['regular']): Face | undefined => {
    const points = Array.from(text.replace(UNSEEN, ''), (sign) => sign.codePointAt(0) ?? 0)
    return chain.find((face) => points.every((point) => face.has(point)))
  }

  /** What is set of a cluster: its mirror image where it reads to the left, and nothing of what shows nothing. */
  const seenOf = (cluster: string, level: number, face: Face | undefined): string => {
    if (!face) return String.fromCodePoint(REPLACEMENT)
    const mirrored = level % 2 ? (bidi.getMirroredCharacter(cluster) ?? cluster) : cluster
    // Joiners shape Arabic.
    return mirrored.replace(UNSEEN, (sign) => (face.script === 'arab' && /[\u200c\u200d]/.test(sign) ? sign : ''))
  }

  const clustersOf = (text: string, chain: Faces['regular'], levels: Uint8Array): Cluster[] =>
    Array.from(text.matchAll(CLUSTER), (found) => {
      const level = levels[found.index] ?? 0
      const face = faceOf(found[0], chain)
      const own = face ?? chain[0]
      const seen = seenOf(found[0], level, face)
      return { text: seen, face: own, level, width: seen === '' ? 0 : own.shape(seen, directionOf(level)).width }
    }).filter((cluster) => cluster.text !== '')

  /** Neighbours of one font and direction, joined up to a space: what is shaped as a whole. */
  const segmentsOf = (clusters: readonly Cluster[]): Cluster[] => {
    const found: { text: string; face: Face; level: number; width: number }[] = []
    for (const cluster of clusters) {
      const last = found.at(-1)
      const joins =
        last &&
        last.face === cluster.face &&
        last.level === cluster.level &&
        (last.text === ' ') === (cluster.text === ' ')
      if (joins) last.text += cluster.text
      else found.push({ ...cluster })
    }
    for (const one of found) one.width = one.face.shape(one.text, directionOf(one.level)).width
    return found
  }

  /** From logical to visual order, rule L2 of the Unicode Bidirectional Algorithm. */
  const visual = (segments: readonly Cluster[]): Cluster[] => {
    const order = [...segments]
    const highest = Math.max(0, ...order.map(({ level }) => level))
    for (let level = highest; level > 0; level -= 1) {
      let at = 0
      while (at < order.length) {
        let end = at
        while (end < order.length && (order[end]?.level ?? 0) >= level) end += 1
        if (end > at + 1) order.splice(at, end - at, ...order.slice(at, end).reverse())
        at = Math.max(end, at + 1)
      }
    }
    return order
  }

  const setLine = (clusters: readonly Cluster[], size: number): Line => {
    const segments = visual(segmentsOf(clusters))
    return {
      runs: segments.map(({ face, text, level }) => ({ face, setting: face.shape(text, directionOf(level)) })),
      width: (segments.reduce((sum, { width }) => sum + width, 0) * size) / 1_000,
    }
  }

  /** Where a line may end: after a space, and beside letters of scripts that have none. */
  const wordsOf = (clusters: readonly Cluster[]): Cluster[][] => {
    const words: Cluster[][] = []
    let open = false
    for (const cluster of clusters) {
      const alone = cluster.text === ' ' || BROKEN_ANYWHERE.test(cluster.text)
      const last = words.at(-1)
      if (open && !alone && last) last.push(cluster)
      else words.push([cluster])
      open = !alone
    }
    return words
  }

  const fill = (clusters: readonly Cluster[], size: number, width: number): Cluster[][] => {
    const room = (width * 1_000) / size
    const lines: Cluster[][] = []
    let line: Cluster[] = []
    let used = 0
    const end = () => {
      while (line.at(-1)?.text === ' ') line.pop()
      if (line.length > 0) lines.push(line)
      line = []
      used = 0
    }
    for (const word of wordsOf(clusters)) {
      const wide = word.reduce((sum, cluster) => sum + cluster.width, 0)
      if (used + wide > room && word[0]?.text !== ' ') end()
      for (const cluster of word) {
        if (used + cluster.width > room && cluster.text !== ' ') end()
        if (line.length === 0 && cluster.text === ' ') continue
        line.push(cluster)
        used += cluster.width
      }
    }
    end()
    return lines
  }

  const shapedBlock = (sent: string, chain: Faces['regular'], size: number, width: number): Block => {
    const text = clean(sent)
    const { levels, paragraphs } = bidi.getEmbeddingLevels(text)
    const clusters = clustersOf(text, chain, levels)
    const rtl = (paragraphs[0]?.level ?? 0) % 2 === 1
    return { lines: fill(clusters, size, width).map((line) => setLine(line, size)), rtl }
  }

  const blocks = new Map<string, Block>()
  return {
    /** Breaks a text into lines of a width in points. */
    block(text: string, { size, bold }: TextStyle, width: number): Block {
      const chain = bold ? faces.bold : faces.regular
      if (PLAIN.test(text)) return { lines: plainLines(text, chain[0], size, width), rtl: false }
      const key = `${bold ? 'b' : ''}${size} ${width} ${text}`
      const known = blocks.get(key)
      if (known) return known
      if (blocks.size >= MOST_BLOCKS) blocks.clear()
      const block = shapedBlock(text, chain, size, width)
      blocks.set(key, block)
      return block
    },
  }
}

export type Typesetter = ReturnType<typeof createTypesetter>
