import { randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import { isFault } from '../../src/core/fault.ts'
import type { Inbox } from '../../src/ports/inbox.ts'
import { entry, idOf, openStore, realmOf } from './engines.ts'

const CALLERS = 24
const KILOBYTE = 'x'.repeat(1_000)

/** Standard output is a file here, so that what was said outlives the process; a pipe would queue and lose lines. */
const say = (line: string): void => {
  writeSync(1, `${line}\n`)
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Does again what failed because the store was away, as a sender does. */
const insist = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isFault(error, 'control-away')) throw error
      await sleep(20)
    }
  }
}

/** Appends new ids for ever, each call with some that it sent before; says each id that was acknowledged. */
const appendForEver = async (inbox: Inbox, caller: number): Promise<void> => {
  const realm = realmOf(`c${caller % 3}`)
  let before: string[] = []
  for (;;) {
    const fresh = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, () => randomUUID())
    const ids = [...fresh, ...before.slice(0, 1)]
    const rows = ids.map((id) => entry(realm, id, { row: JSON.stringify({ id, KILOBYTE }) }))
    const appended = await insist(() => inbox.append(rows))
    for (const [index, { outcome }] of appended.entries()) {
      if (outcome === 'conflict') throw new Error(`The id ${ids[index]} came back as a conflict`)
      say(`acknowledged ${ids[index]}`)
    }
    before = fresh
  }
}

/** Says what it moves before it settles it; what was planned before is said again under the same numbers. */
const moveForEver = async (inbox: Inbox): Promise<void> => {
  const lease = await insist(() => inbox.lease('mover', 60_000))
  if (!lease) throw new Error('The lease was not given')
  for (;;) {
    const after = await insist(() => inbox.watermark())
    let planned = await insist(() => inbox.planned())
    if (planned.length === 0) {
      const rows = await insist(() => inbox.read(after, { rows: 300, bytes: 1e9 }))
      const last = rows.at(-1)
      if (last)
        await insist(() =>
          inbox.plan(lease, [{ token: randomUUID(), first: after + 1, last: last.seq, month: 202601, without: [] }]),
        )
      planned = await insist(() => inbox.planned())
    }
    for (const part of planned)
      for (const row of await insist(() => inbox.rowsOf(part))) say(`moved ${row.seq} ${idOf(row)}`)
    const upTo = planned.at(-1)?.last
    if (upTo !== undefined) await insist(() => inbox.settle(lease, upTo))
    await inbox.changed(10)
  }
}

const run = async (url: string): Promise<void> => {
  const { inbox } = await openStore(url, { limits: { windowIds: 2_000 } })
  say('ready')
  await Promise.all([
    moveForEver(inbox),
    ...Array.from({ length: CALLERS }, (_, caller) => appendForEver(inbox, caller)),
  ])
}

const [, , url] = process.argv
if (url !== undefined) await run(url)
