import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminKey, startWorld, type World } from '../../world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({
    ROLLCALL_BODY_BYTES: '1048576',
    ROLLCALL_EVENT_BYTES: '65536',
    ROLLCALL_BATCH_EVENTS: '500',
  })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

interface Realm {
  readonly tenantId: string
  readonly communityId: string
}
interface Batched {
  readonly accepted: number
  readonly duplicate: number
  readonly refused: number
  readonly resultsOf: string
  readonly results: readonly {
    readonly index: number
    readonly line?: number
    readonly outcome: string
    readonly event_id?: string
    readonly issues?: readonly { readonly name: string; readonly rule: string }[]
  }[]
}

const eventsOf = ({ tenantId, communityId }: Realm) => `${world.url}/v1/realms/${tenantId}/${communityId}/events`

const send = async (realm: Realm, body: string | Uint8Array, headers: Record<string, string> = {}) => {
  const response = await fetch(eventsOf(realm), {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', ...headers },
    body,
  })
  return { status: response.status, body: (await response.json()) as Batched & { issues?: { name: string }[] } }
}

const found = async (realm: Realm, filter: object): Promise<{ text: string; events: Record<string, unknown>[] }> => {
  const response = await fetch(`${eventsOf(realm)}?limit=1000&filter=${encodeURIComponent(JSON.stringify(filter))}`, {
    headers: { authorization: `Bearer ${adminKey}` },
  })
  const text = await response.text()
  expect([response.status, text.slice(0, 200)]).toEqual([200, expect.stringContaining('{"events":[')])
  return { text, events: (JSON.parse(text) as { events: Record<string, unknown>[] }).events }
}

const lines = { 'content-type': 'application/x-ndjson' }

describe('a single event', () => {
  it('is accepted, found again with every field as it was sent, and its name may be an action', async () => {
    const realm = await world.realm()
    const sent =
      '{ "event_name":"login",  "user_id":"ann","outcome":"success","n":1.0,"big":9223372036854775807,"é":"\\u0000x","z":{"b":1,"a":[null,{}]} }'
    const answer = await send(realm, sent)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ accepted: 1, duplicate: 0, refused: 0, resultsOf: 'all' })
    const { text, events } = await found(realm, { user_id: 'ann' })
    expect(text).toContain(sent.slice(1, -1).trim())
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ action: 'login', outcome: 'success', dialect: 'native', kind: 'event', seq: 1 })
  })

  it('counts once when it comes again with its id, and is refused with another body', async () => {
    const realm = await world.realm()
    const event = JSON.stringify({ event_name: 'login', event_id: 'e-1', user_id: 'ann' })
    expect((await send(realm, event)).body.accepted).toBe(1)
    const again = await send(realm, event)
    expect([again.status, again.body.duplicate]).toEqual([200, 1])
    const other = await send(realm, JSON.stringify({ event_name: 'login', event_id: 'e-1', user_id: 'bob' }))
    expect(other.status).toBe(409)
    expect((await found(realm, {})).events).toHaveLength(1)
  })

  it.each([
    ['{}', 'event_name'],
    ['{"event_name":""}', 'event_name'],
    ['{"event_name":7}', 'event_name'],
    ['{"event_name":"x","user_id":7}', 'user_id'],
    ['{"event_name":"x","timestamp":"yesterday"}', 'timestamp'],
    ['{"event_name":"x","timestamp":"1950-01-01"}', 'timestamp'],
    ['{"event_name":"x","timestamp":"2999-01-01"}', 'timestamp'],
    ['{"event_name":"x","outcome":"fine"}', 'outcome'],
    ['{"event_name":"x","action":"danced"}', 'action'],
    ['{"event_name":"x","kind":"party"}', 'kind'],
    ['{"event_name":"x","seq":1}', 'seq'],
    ['{"event_name":"x","tenant_id":"other"}', 'tenant_id'],
    ['{"event_name":"x","event_id":""}', 'event_id'],
    ['{"event_name":"x","a":1,"a":2}', 'a'],
    ['{"event_name":"x","a":18446744073709551616}', 'a'],
    ['{"event_name":"x"', ''],
    ['"login"', ''],
    ['', ''],
  ])('such as %s is refused naming the field', async (text, name) => {
    const realm = await world.realm()
    const answer = await send(realm, text)
    expect(answer.status).toBe(400)
    expect(answer.body.issues?.map((issue) => issue.name)).toEqual([name])
    expect((await found(realm, {})).events).toEqual([])
  })

  it('keeps names that mean something to JavaScript', async () => {
    const realm = await world.realm()
    const answer = await send(
      realm,
      '{"event_name":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"p":1}}}',
    )
    expect(answer.status).toBe(200)
    expect((await found(realm, {})).text).toContain('"__proto__":{"polluted":1}')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('takes times as ISO 8601 and as epoch milliseconds', async () => {
    const realm = await world.realm()
    const at = Date.now() - 3_600_000
    const iso = new Date(at).toISOString()
    const texts = [`"timestamp":"${iso}"`, `"timestamp":${at}`, `"event_ts":"${iso}"`, `"event_ts":${at}`]
    for (const text of texts) expect((await send(realm, `{"event_name":"x",${text}}`)).status).toBe(200)
    const { events } = await found(realm, { event_ts: { gte: iso, lte: at } })
    expect(events).toHaveLength(4)
  })
})

describe('an array of events', () => {
  it('is judged item by item, each kept as it was sent', async () => {
    const realm = await world.realm()
    const answer = await send(
      realm,
      '[{"event_name":"login","user_id":"a", "n":1.50}, {"user_id":"b"} ,{"event_name":"login","event_id":"i"},{"event_name":"login","event_id":"i"}]',
    )
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ accepted: 2, duplicate: 1, refused: 1 })
    expect(answer.body.results.map((result) => [result.index, result.outcome])).toEqual([
      [0, 'accepted'],
      [1, 'refused'],
      [2, 'accepted'],
      [3, 'duplicate'],
    ])
    expect(answer.body.results[1]?.issues?.[0]).toMatchObject({ name: 'event_name', rule: 'required' })
    expect((await found(realm, { user_id: 'a' })).text).toContain('"user_id":"a", "n":1.50')
  })

  it('may be empty', async () => {
    const answer = await send(await world.realm(), ' [ ] ')
    expect([answer.status, answer.body.accepted, answer.body.results]).toEqual([200, 0, []])
  })

  it.each(['[{"event_name":"x"}', '[{"event_name":"x"},]', '[{"event_name":"x"}] trailing', '[,]'])(
    'that is none, such as %s, is refused whole',
    async (text) => {
      const realm = await world.realm()
      expect((await send(realm, text)).status).toBe(400)
      expect((await found(realm, {})).events).toEqual([])
    },
  )

  it('of more events or bytes than allowed is refused, and says what to do', async () => {
    const realm = await world.realm()
    const many = await send(realm, `[${Array.from({ length: 501 }, () => '{"event_name":"x"}').join(',')}]`)
    expect(many.status).toBe(413)
    const large = await send(realm, `[{"event_name":"x","fill":"${'x'.repeat(1_048_576)}"}]`)
    expect([large.status, JSON.stringify(large.body)]).toEqual([413, expect.stringContaining('x-ndjson')])
  })
})

describe('a stream of lines', () => {
  it('is taken line by line, packed or not, and tells which lines were refused', async () => {
    const realm = await world.realm()
    const text = '{"event_name":"login","user_id":"a"}\n\n{"nope":1}\r\n  {"event_name":"login","user_id":"b"}'
    for (const body of [text, gzipSync(text)]) {
      const packed: Record<string, string> = typeof body === 'string' ? {} : { 'content-encoding': 'gzip' }
      const answer = await send(realm, body, { ...lines, ...packed })
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ accepted: 2, refused: 1 })
      expect(answer.body.results.map((result) => [result.index, result.line, result.outcome])).toEqual([
        [0, 1, 'accepted'],
        [1, 3, 'refused'],
        [2, 4, 'accepted'],
      ])
    }
    expect((await found(realm, {})).events).toHaveLength(4)
  })

  it('may be longer than any other body, and then tells the refused lines only', async () => {
    const realm = await world.realm()
    const fill = 'x'.repeat(200)
    async function* stream() {
      for (let at = 0; at < 12_000; at += 100)
        yield Buffer.from(
          Array.from({ length: 100 }, (_, of) =>
            (at + of) % 4_000 === 0 ? '{"bad":1}\n' : `{"event_name":"x","n":${at + of},"fill":"${fill}"}\n`,
          ).join(''),
        )
    }
    const response = await request(eventsOf(realm), {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, ...lines },
      body: Readable.from(stream()),
    })
    const body = (await response.body.json()) as Batched
    expect(response.statusCode).toBe(200)
    expect(body).toMatchObject({ accepted: 11_997, refused: 3, resultsOf: 'refused' })
    expect(body.results.map((result) => result.line)).toEqual([1, 4_001, 8_001])
  })

  it('refuses a line that is too long or no text, and takes the others', async () => {
    const realm = await world.realm()
    const body = Buffer.concat([
      Buffer.from(`{"event_name":"x","fill":"${'x'.repeat(70_000)}"}\n`),
      Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a]),
      Buffer.from('{"event_name":"x"}\n'),
    ])
    const answer = await send(realm, body, lines)
    expect(answer.body).toMatchObject({ accepted: 1, refused: 2 })
    expect(answer.body.results.map((result) => result.issues?.[0]?.rule)).toEqual(['size', 'format', undefined])
  })

  it('that breaks off keeps what was acknowledged, and the rest can be sent again', async () => {
    const realm = await world.realm()
    const dispatcher = new Agent({ pipelining: 0 })
    let go: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const line = (at: number) => `{"event_name":"x","event_id":"l-${at}"}\n`
    const batch = Array.from({ length: 1_000 }, (_, at) => line(at)).join('')
    async function* stream() {
      yield Buffer.from(batch)
      await gate
      throw new Error('the sender breaks off')
    }
    const broken = request(eventsOf(realm), {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, ...lines },
      body: Readable.from(stream()),
      dispatcher,
    }).catch(() => 'broken')
    while ((await found(realm, {})).events.length < 1_000) await new Promise((resolve) => setTimeout(resolve, 20))
    go()
    expect(await broken).toBe('broken')
    await dispatcher.destroy()
    const again = await send(realm, batch + line(1_000), lines)
    expect(again.body).toMatchObject({ accepted: 1, duplicate: 1_000 })
  })
})

describe('a packed body', () => {
  it('that unpacks beyond measure is refused', async () => {
    const realm = await world.realm()
    const bomb = gzipSync(Buffer.alloc(64 * 1_048_576, '\n'))
    const answer = await send(realm, bomb, { ...lines, 'content-encoding': 'gzip' })
    expect(answer.status).toBe(413)
    const array = gzipSync(`[{"event_name":"x","fill":"${'x'.repeat(8_388_608)}"}]`)
    expect((await send(realm, array, { 'content-encoding': 'gzip' })).status).toBe(413)
  })

  it('that is not what it says is refused', async () => {
    const realm = await world.realm()
    const packed = gzipSync('{"event_name":"x"}\n')
    for (const [body, encoding] of [
      [Buffer.from('{"event_name":"x"}'), 'gzip'],
      [packed.subarray(0, packed.length - 6), 'gzip'],
      [packed, 'br'],
      [packed, 'gzip, gzip'],
    ] as const) {
      const answer = await send(realm, body, { 'content-encoding': encoding })
      expect([encoding, answer.status]).toEqual([encoding, 400])
    }
    expect((await found(realm, {})).events).toEqual([])
  })
})

it('another content type is refused, naming the header', async () => {
  const answer = await send(await world.realm(), '<event/>', { 'content-type': 'text/xml' })
  expect(answer.status).toBe(400)
  expect(answer.body.issues?.map((issue) => issue.name)).toEqual(['content-type'])
})
