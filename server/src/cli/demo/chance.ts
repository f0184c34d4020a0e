import { createHash } from 'node:crypto'

/** Numbers that look random and are the same for the same name, so that a day's events are the same in every run. */
export interface Chance {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number
  /** Whether something of this likelihood happens. */
  happens(likelihood: number): boolean
  of<T>(list: readonly [T, ...T[]]): T
}

/** Chance by the mulberry32 generator. */
export const chance = (name: string): Chance => {
  let state = createHash('sha256').update(name).digest().readUInt32LE()
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    happens: (likelihood) => next() < likelihood,
    of: (list) => list[Math.floor(next() * list.length)] ?? list[0],
  }
}

/** An id in the form of a UUID, the same for the same text. */
export const uuidOf = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}
