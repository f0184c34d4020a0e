import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL, engines, entry, type Host, idOf, makeClock, openStore, realmOf } from './engines.ts'

const realm = realmOf('one')
const other = realmOf('two')

describe.each(engines)('the inbox on $engine', ({ start }) => {
  let host: Host
  beforeAll(async () => {
    host = await start()
  })
  afterAll(() => host[Symbol.asyncDispose]())
  const fresh = async (over: Parameters<typeof openStore>[1] = {}) => openStore(await host.freshUrl(), over)

  test('numbers entries from 1 in the order of a call, across realms', async () => {
    await using store = await fresh()
    const entries = [entry(realm, 'a'), entry(other, 'b'), entry(realm, 'c'), entry(realm, null)]
    expect(await store.inbox.append(entries)).toEqual([1, 2, 3, 4].map((seq) => ({ outcome: 'new', seq })))
    const rows = await store.inbox.read(0, ALL)
    expect(rows).toEqual(
      entries.map(({ identity, ...of }, index) => ({ ...of, seq: index + 1, given: identity !== null })),
    )
  })

  test('answers an empty call with nothing', async () => {
    await using store = await fresh()
    expect(await store.inbox.append([])).toEqual([])
    expect(await store.inbox.depth()).toEqual({ events: 0, bytes: 0, oldest: null })
  })

  test('gives concurrent callers numbers without gaps, each call in its own order', async () => {
    await using store = await fresh()
    const calls = Array.from({ length: 200 }, (_, call) =>
      Array.from({ length: 1 + (call % 5) }, (_, n) => entry(call % 3 ? realm : other, `${call}-${n}`)),
    )
    const answers = await Promise.all(calls.map((call) => store.inbox.append(call)))
    const rows = await store.inbox.read(0, ALL)
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: calls.flat().length }, (_, index) => index + 1))
    const bySeq = new Map(rows.map((row) => [row.seq, row]))
    for (const [index, answer] of answers.entries()) {
      const seqs = answer.map((appended) => (appended.outcome === 'new' ? appended.seq : 0))
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      const stored = seqs.map((seq) => bySeq.get(seq))
      expect(stored.map((row) => row?.row)).toEqual(calls[index]?.map((sent) => sent.row))
      expect(stored.map((row) => row?.realm)).toEqual(calls[index]?.map((sent) => sent.realm))
    }
  })

  test('keeps a batch of thousands whole and in order', async () => {
    await using store = await fresh()
    const batch = Array.from({ length: 3_500 }, (_, n) => entry(realm, n % 2 ? `${n}` : null, { row: `{"id":"${n}"}` }))
    const answer = await store.inbox.append(batch)
    expect(answer.at(-1)).toEqual({ outcome: 'new', seq: 3_500 })
    expect((await store.inbox.read(0, ALL)).map(idOf)).toEqual(batch.map((_, n) => `${n}`))
    const some = await store.inbox.read(0, { rows: 10, bytes: 1e9 })
    expect(some.length).toBeGreaterThan(0)
    expect(some.length).toBeLessThanOrEqual(1_000)
  })

  test('knows the same id and body as a duplicate, and another body as a conflict', async () => {
    await using store = await fresh()
    await store.inbox.append([entry(realm, 'a')])
    expect(
      await store.inbox.append([
        entry(realm, 'a'),
        entry(realm, 'a', { body: 'changed' }),
        entry(realm, 'b'),
        entry(other, 'a'),
      ]),
    ).toEqual([
      { outcome: 'duplicate' },
      { outcome: 'conflict' },
      { outcome: 'new', seq: 2 },
      { outcome: 'new', seq: 3 },
    ])
    expect((await store.inbox.read(0, ALL)).map(idOf)).toEqual(['a', 'b', 'a'])
  })

  test('knows an id again inside one call', async () => {
    await using store = await fresh()
    const call = [entry(realm, 'a'), entry(realm, 'a'), entry(realm, 'a', { body: 'changed' }), entry(realm, null)]
    expect(await store.inbox.append(call)).toEqual([
      { outcome: 'new', seq: 1 },
      { outcome: 'duplicate' },
      { outcome: 'conflict' },
      { outcome: 'new', seq: 2 },
    ])
  })

  test('compares every entry of a call with the stored body, not with the first of the call', async () => {
    await using store = await fresh()
    await store.inbox.append([entry(realm, 'a', { body: 'kept' })])
    const call = [entry(realm, 'a', { body: 'changed' }), entry(realm, 'a', { body: 'kept' })]
    expect(await store.inbox.append(call)).toEqual([{ outcome: 'conflict' }, { outcome: 'duplicate' }])
  })

  test('says "new" to exactly one of many who send the same id at once', async () => {
    const url = await host.freshUrl()
    await using store = await openStore(url)
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, n) => store.inbox.append([entry(realm, `${n % 10}`)])),
    )
    const outcomes = answers.flat().map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(10)
    expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(290)
    expect((await store.inbox.read(0, ALL)).map(idOf).sort()).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`))
  })

  test('keeps rows as they were written, in any script and of any size', async () => {
    await using store = await fresh()
    const rows = [
      '{"a":"é 漢字 😀 \\u0000"}',
      `{"a":"${'x'.repeat(3_000_000)}"}`,
      `{"a":"${'ß'.repeat(2_000_000)}"}`,
      '{"b": 1.0}',
    ]
    await store.inbox.append(rows.map((row) => entry(realm, null, { row })))
    expect((await store.inbox.read(0, ALL)).map(({ row }) => row)).toEqual(rows)
  })

  test('keeps what was acknowledged, its name and its ids over a restart', async () => {
    const url = await host.freshUrl()
    const before = await openStore(url)
    await before.inbox.append([entry(realm, 'a'), entry(realm, 'b')])
    const { storeId } = before.inbox
    const windowStart = await before.inbox.windowStart()
    await before[Symbol.asyncDispose]()
    await using after = await openStore(url)
    expect(after.inbox.storeId).toBe(storeId)
    expect(await after.inbox.windowStart()).toBe(windowStart)
    expect(await after.inbox.waiting(realm)).toBe(2)
    expect(await after.inbox.append([entry(realm, 'b'), entry(realm, 'c')])).toEqual([
      { outcome: 'duplicate' },
      { outcome: 'new', seq: 3 },
    ])
    expect((await after.inbox.read(0, ALL)).map(idOf)).toEqual(['a', 'b', 'c'])
  })

  test('finishes the appends that wait when it is closed, and takes no more', async () => {
    const url = await host.freshUrl()
    const store = await openStore(url)
    const appends = Array.from({ length: 100 }, (_, n) => store.inbox.append([entry(realm, `${n}`)]))
    await store[Symbol.asyncDispose]()
    expect((await Promise.all(appends)).flat().every(({ outcome }) => outcome === 'new')).toBe(true)
    await expect(store.inbox.append([entry(realm, 'late')])).rejects.toMatchObject({ kind: 'control-away' })
    await using again = await openStore(url)
    expect(await again.inbox.read(0, ALL)).toHaveLength(100)
  })

  test('remembers ids through one rotation of the window and forgets them with the second', async () => {
    const clock = makeClock()
    await using store = await fresh({ now: clock.now, limits: { windowMs: 1_000 } })
    const created = clock.at
    expect(await store.inbox.windowStart()).toBe(created)
    await store.inbox.append([entry(realm, 'first')])
    clock.at += 2_000
    await store.inbox.append([entry(realm, 'second')])
    await expect.poll(() => store.inbox.append([entry(realm, 'first')])).toEqual([{ outcome: 'duplicate' }])
    expect(await store.inbox.append([entry(realm, 'first', { body: 'changed' })])).toEqual([{ outcome: 'conflict' }])
    expect(await store.inbox.windowStart()).toBe(created)
    clock.at += 2_000
    await store.inbox.append([entry(realm, 'third')])
    await expect.poll(() => store.inbox.windowStart()).toBeGreaterThan(created)
    const start = await store.inbox.windowStart()
    clock.at += 10
    const [first] = await store.inbox.append([entry(realm, 'first')])
    expect(first?.outcome).toBe('new')
    expect(start).toBeLessThanOrEqual(clock.at)
  })

  test('rotates the window by number of ids without losing what it promises', async () => {
    const clock = makeClock()
    await using store = await fresh({ now: clock.now, limits: { windowIds: 40 } })
    const sentAt = new Map<string, number>()
    for (let call = 0; call < 30; call++) {
      clock.at += 100
      await Promise.all(
        Array.from({ length: 10 }, (_, n) => {
          sentAt.set(`${call}-${n}`, clock.at)
          return store.inbox.append([entry(realm, `${call}-${n}`)])
        }),
      )
    }
    const start = await store.inbox.windowStart()
    expect(start).toBeGreaterThan(makeClock().at)
    const promised = [...sentAt].filter(([, at]) => at >= start).map(([id]) => id)
    expect(promised.length).toBeGreaterThan(0)
    const again = await store.inbox.append(promised.map((id) => entry(realm, id)))
    expect(again.every(({ outcome }) => outcome === 'duplicate')).toBe(true)
    expect(await store.inbox.read(0, ALL)).toHaveLength(300)
  })

  test('wakes who waits for something new, and only once for what is there', async () => {
    await using store = await fresh()
    await store.inbox.append([entry(realm, 'a')])
    await store.inbox.changed(60_000)
    const woken = store.inbox.changed(60_000)
    await store.inbox.append([entry(realm, 'b')])
    await woken
    await store.inbox.changed(1)
  })
})

describe('two processes on one PostgreSQL', () => {
  let host: Host
  beforeAll(async () => {
    const server = engines.find(({ engine }) => engine === 'PostgreSQL')
    if (!server) throw new Error('PostgreSQL is not among the engines')
    host = await server.start()
  })
  afterAll(() => host[Symbol.asyncDispose]())

  test('open one empty database at once, agree on its name, and share numbers and ids', async () => {
    const url = await host.freshUrl()
    const stores = await Promise.all(Array.from({ length: 3 }, () => openStore(url, { limits: { windowIds: 150 } })))
    expect(new Set(stores.map(({ inbox }) => inbox.storeId)).size).toBe(1)
    const answers = await Promise.all(
      stores.flatMap(({ inbox }) => Array.from({ length: 120 }, (_, n) => inbox.append([entry(realm, `${n}`)]))),
    )
    expect(answers.flat().filter(({ outcome }) => outcome === 'new')).toHaveLength(120)
    const [first] = stores
    const rows = (await first?.inbox.read(0, ALL)) ?? []
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
    expect(new Set(rows.map(idOf)).size).toBe(120)
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()))
  })

  test('never let a reader of numbers miss one that is committed later', async () => {
    const url = await host.freshUrl()
    const writers = await Promise.all([openStore(url), openStore(url)])
    await using reader = await openStore(url)
    const seen: number[] = []
    let writing = true
    const reading = (async () => {
      let after = 0
      for (let last = false; !last; ) {
        last = !writing
        const rows = await reader.inbox.read(after, ALL)
        seen.push(...rows.map(({ seq }) => seq))
        after = rows.at(-1)?.seq ?? after
      }
    })()
    await Promise.all(
      writers.flatMap(({ inbox }, writer) =>
        Array.from({ length: 20 }, async (_, caller) => {
          for (let n = 0; n < 25; n++) await inbox.append([entry(realm, `${writer}-${caller}-${n}`)])
        }),
      ),
    )
    writing = false
    await reading
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
    await Promise.all(writers.map((store) => store[Symbol.asyncDispose]()))
  })
})
