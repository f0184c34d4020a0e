import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Inbox } from '../../src/ports/inbox.ts'
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

const listen = (said: string, heard: Heard): void => {
  // A line that the kill cut short has no line break.
  for (const line of said.slice(0, said.lastIndexOf('\n') + 1).split('\n')) {
    const [word, first, second] = line.split(' ')
    if (word === 'acknowledged' && first) heard.acknowledged.add(first)
    if (word !== 'moved' || !second) continue
    const seq = Number(first)
    if ((heard.moved.get(seq) ?? second) !== second) heard.torn.push(seq)
    heard.moved.set(seq, second)
  }
}

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
  const path = join(tmpdir(), `rollcall-kill-${randomUUID()}.log`)
  await using output = await open(path, 'w')
  const child = spawn(process.execPath, [file, url], { stdio: ['ignore', output.fd, 'pipe'] })
  let complaint = ''
  child.stderr?.on('data', (data) => {
    complaint += String(data)
  })
  const closed = new Promise((resolve) => child.on('close', resolve))
  const said = async (word: string): Promise<void> => {
    while (!(await readFile(path, 'utf8')).includes(word)) {
      if (child.exitCode !== null) throw new Error(`The process ended before it said ${word}: ${complaint}`)
      await sleep(5)
    }
  }
  await said(Math.random() < 0.5 ? 'ready' : 'moved')
  await sleep(between(0, 300))
  await meanwhile()
  child.kill('SIGKILL')
  await closed
  expect(complaint).toBe('')
  listen(await readFile(path, 'utf8'), heard)
  await rm(path)
}

/** What is stored, when two looks agree: a server may still commit the last group of a client that is dead. */
const lookWhenStill = async (inbox: Inbox) => {
  for (;;) {
    const before = await inbox.depth()
    const watermark = await inbox.watermark()
    const waiting = await inbox.read(0, ALL)
    const after = await inbox.depth()
    if (before.events === after.events && watermark === (await inbox.watermark()))
      return { watermark, waiting, events: after.events }
  }
}

/** Opens the store and compares sets of ids: what was acknowledged is moved or waits, each once, under numbers without gaps. */
export const demandWhole = async (url: string, heard: Heard): Promise<void> => {
  await using store = await openStore(url)
  const { inbox } = store
  const { watermark, waiting, events } = await lookWhenStill(inbox)
  const kept = new Map([...heard.moved].filter(([seq]) => seq <= watermark))
  for (const row of waiting) kept.set(row.seq, idOf(row))
  const ids = new Set(kept.values())
  expect([...heard.acknowledged].filter((id) => !ids.has(id))).toEqual([])
  expect(ids.size).toBe(kept.size)
  expect(heard.torn).toEqual([])
  expect(waiting.every(({ seq }) => seq > watermark)).toBe(true)
  expect(events).toBe(waiting.length)
  expect(kept.size).toBe(watermark + events)
  expect(Math.max(0, ...kept.keys())).toBe(kept.size)
}
