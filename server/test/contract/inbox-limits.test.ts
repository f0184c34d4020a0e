import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL, engines, entry, type Host, idOf, openStore, realmOf } from './engines.ts'
import { fillUntilRefused, settleAll } from './inbox-full.ts'

const realm = realmOf('one')
const run = promisify(execFile)

describe.each(engines)('the bounds of the inbox on $engine', ({ start }) => {
  let host: Host
  beforeAll(async () => {
    host = await start()
  })
  afterAll(() => host[Symbol.asyncDispose]())

  test('refuses what would pass the number of waiting events, whole, and takes more when some were moved', async () => {
    await using store = await openStore(await host.freshUrl(), { limits: { rows: 10 } })
    const { inbox } = store
    await inbox.append(Array.from({ length: 8 }, (_, n) => entry(realm, `${n}`)))
    const three = ['x', 'y', 'z'].map((id) => entry(realm, id))
    await expect(inbox.append(three)).rejects.toMatchObject({ kind: 'inbox-full', details: { why: 'rows' } })
    expect(await inbox.append(three.slice(0, 2))).toEqual([
      { outcome: 'new', seq: 9 },
      { outcome: 'new', seq: 10 },
    ])
    await expect(inbox.append([entry(realm, 'w')])).rejects.toMatchObject({ kind: 'inbox-full' })
    await settleAll(inbox)
    expect(await inbox.append(three.slice(2))).toEqual([{ outcome: 'new', seq: 11 }])
  })

  test('refuses what would pass the waiting bytes', async () => {
    await using store = await openStore(await host.freshUrl(), { limits: { bytes: 10_000 } })
    const large = entry(realm, 'large', { row: JSON.stringify({ id: 'large', text: 'é'.repeat(6_000) }) })
    await expect(store.inbox.append([large])).rejects.toMatchObject({ kind: 'inbox-full', details: { why: 'bytes' } })
    expect(await store.inbox.append([entry(realm, 'small')])).toEqual([{ outcome: 'new', seq: 1 }])
  })

  test('refuses none of many small callers for a large one beside them', async () => {
    await using store = await openStore(await host.freshUrl(), { limits: { rows: 50 } })
    const { inbox } = store
    const large = inbox.append(Array.from({ length: 60 }, (_, n) => entry(realm, `large-${n}`)))
    const small = Array.from({ length: 40 }, (_, n) => inbox.append([entry(realm, `small-${n}`)]))
    await expect(large).rejects.toMatchObject({ kind: 'inbox-full' })
    expect((await Promise.all(small)).flat().every(({ outcome }) => outcome === 'new')).toBe(true)
    expect((await inbox.read(0, ALL)).map(idOf).every((id) => id.startsWith('small'))).toBe(true)
  })
})

describe('a disk without room', () => {
  test('at a file-size limit: refused, nothing acknowledged is lost, and well again when the inbox was emptied', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-full-'))
    const child = new URL('./inbox-full-child.ts', import.meta.url).pathname
    const limited = ['-c', 'ulimit -f 8000; exec "$0" "$@"', process.execPath, child, `sqlite:${folder}`]
    const { stdout } = await run('bash', limited)
    const seen = JSON.parse(stdout) as Record<string, unknown>
    expect(seen).toMatchObject({ missing: [], extra: [], fault: { kind: 'inbox-full' }, again: Array(5).fill('new') })
    expect(seen.acknowledged).toBeGreaterThan(10)
    await rm(folder, { recursive: true, force: true })
  })

  // A file system of its own needs root to mount; elsewhere the file-size limit above stands for it.
  if (process.getuid?.() === 0)
    describe('on a file system of 64 MB', () => {
      let disk: string
      beforeAll(async () => {
        disk = await mkdtemp(join(tmpdir(), 'rollcall-disk-'))
        await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk])
      })
      afterAll(async () => {
        await run('umount', ['--lazy', disk])
        await rm(disk, { recursive: true })
      })

      test('a full disk refuses, keeps what was acknowledged, and takes more when a file is removed', async () => {
        const folder = join(disk, 'full')
        await mkdir(folder)
        await writeFile(join(disk, 'filler'), Buffer.alloc(44_000_000, 1))
        const { store, ...filled } = await fillUntilRefused(`sqlite:${folder}`)
        expect(filled.fault.message).toMatch(/disk/)
        expect(filled.acknowledged.length).toBeGreaterThan(10)
        expect([filled.missing, filled.extra]).toEqual([[], []])
        await rm(join(disk, 'filler'))
        expect((await store.inbox.append(filled.refused)).every(({ outcome }) => outcome === 'new')).toBe(true)
        await store[Symbol.asyncDispose]()
        await using again = await openStore(`sqlite:${folder}`)
        expect((await again.inbox.read(0, ALL)).map(idOf)).toEqual([
          ...filled.acknowledged,
          ...filled.refused.map(idOf),
        ])
        await rm(folder, { recursive: true })
      })

      test('a reserve of free disk refuses early enough that the waiting events can still be moved', async () => {
        const folder = join(disk, 'reserve')
        await mkdir(folder)
        await writeFile(join(disk, 'filler'), Buffer.alloc(12_000_000, 1))
        const { store, ...filled } = await fillUntilRefused(`sqlite:${folder}`, { freeDisk: 24_000_000 })
        expect([filled.missing, filled.extra]).toEqual([[], []])
        await settleAll(store.inbox)
        expect(await store.inbox.depth()).toEqual({ events: 0, bytes: 0, oldest: null })
        await rm(join(disk, 'filler'))
        await expect
          .poll(() =>
            store.inbox.append(filled.refused).then(
              () => 'taken',
              () => 'refused',
            ),
          )
          .toBe('taken')
        await store[Symbol.asyncDispose]()
      })
    })
})
