import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect } from 'vitest'
import { ALL, idOf, openStore } from './engines.ts'

/** What was heard of one store over the lives of all its processes. */
export interface Heard {
  readonly acknowledged: Set<string>
  /** Id by number, of what was moved. */
  readonly moved: Map<number, string>
  /** Numbers that were moved with two different ids. */
  readonly torn: number[]
}

export const makeHeard = (): Heard => ({ acknowledged: new Set(), moved: new Map(), torn: [] })

const between = (least: number, most: number): number => least + Math.random() * (most - least)
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/**
 * Runs a process that appends and moves as fast as it can, and kills it with SIGKILL at a random moment, after
 * `meanwhile` has happened.
 */
export const liveAndDie = async (
  url: string,
  heard: Heard,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<void> => {
  const file = new URL('./inbox-kill-child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [file, url], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.on('data', (data) => {
    complaint += String(data)
  })
  const ready = Promise.withResolvers<void>()
  const closed = new Promise((resolve) => child.on('close', resolve))
  const lines = createInterface({ input: child.stdout })
  const ended = new Promise((resolve) => lines.on('close', resolve))
  lines.on('line', (line) => {
    const [word, first, second] = line.split(' ')
    if (word === 'ready') ready.resolve()
    if (word === 'acknowledged' && first?.length === 36) heard.acknowledged.add(first)
    if (word !== 'moved' || second?.length !== 36) return
    const seq = Number(first)
    if ((heard.moved.get(seq) ?? second) !== second) heard.torn.push(seq)
    heard.moved.set(seq, second)
  })
  child.on('close', () => ready.reject(new Error(`The process ended before it was ready: ${complaint}`)))
  await ready.promise
  await sleep(between(50, 350))
  await meanwhile()
  child.kill('SIGKILL')
  await Promise.all([closed, ended])
  expect(complaint).toBe('')
}

/** Opens the store and compares sets of ids: what was acknowledged is moved or waits, each once, under numbers without gaps. */
export const demandWhole = async (url: string, heard: Heard): Promise<void> => {
  await using store = await openStore(url)
  const { inbox } = store
  const watermark = await inbox.watermark()
  const waiting = await inbox.read(0, ALL)
  const kept = new Map([...heard.moved].filter(([seq]) => seq <= watermark))
  for (const row of waiting) kept.set(row.seq, idOf(row))
  const ids = new Set(kept.values())
  expect([...heard.acknowledged].filter((id) => !ids.has(id))).toEqual([])
  expect(ids.size).toBe(kept.size)
  expect(heard.torn).toEqual([])
  expect(waiting.every(({ seq }) => seq > watermark)).toBe(true)
  const { events } = await inbox.depth()
  expect(events).toBe(waiting.length)
  expect(kept.size).toBe(watermark + events)
  expect(Math.max(0, ...kept.keys())).toBe(kept.size)
}
