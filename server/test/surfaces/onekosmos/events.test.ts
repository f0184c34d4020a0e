import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { infraKey, startWorld, type World } from '../../world.ts'
import { type Client, connect, eventPath, newPair, type Reply, seal, sharedKey } from './client.ts'

type RealmIds = { readonly tenantId: string; readonly communityId: string }

let world: World
let realm: RealmIds
let licence: string
let client: Client
let reports: Client

beforeAll(async () => {
  world = await startWorld()
  realm = await world.realm()
  licence = await world.licence(realm, 'community')
  client = await connect({ service: `${world.url}/events`, licence })
  reports = await connect({ service: `${world.url}/reports`, licence })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

const listPath = (of: RealmIds): string => `/tenant/${of.tenantId}/community/${of.communityId}/events`

/** The text of one stored event, found by its id. */
const readBack = async (eventId: string): Promise<Record<string, unknown>> => {
  const reply = await reports.call('POST', listPath(realm), { event_id: eventId })
  const { data } = reply.json as { data: Record<string, unknown>[] }
  const found = data.find((event) => event.event_id === eventId)
  if (!found) throw new Error(`No event ${eventId} came back: ${reply.text}`)
  return found
}

const idOf = (reply: Reply): string => (reply.json as { event_id: string }).event_id
const params = (reply: Reply): string[] =>
  (reply.json as { errors: { param: string }[] }).errors.map(({ param }) => param)

describe('an event', () => {
  it('that is sent encrypted comes back with every field and what the server knows of it', async () => {
    const sent = {
      tenant_dns: 'acme.example.com',
      auth_method: 'qr',
      type: 'event',
      event_id: randomUUID(),
      version: 'v1',
      nested: { list: [1, { deep: null }], empty: {} },
      user_id: 'ada',
    }
    const reply = await client.putEvent(realm, 'E_LOGIN_SUCCEEDED', sent)
    expect(reply.status).toBe(200)
    expect(reply.json).toEqual({ status: 'OK', event_id: sent.event_id })
    const stored = await readBack(sent.event_id)
    expect(stored).toMatchObject({
      ...sent,
      tenant_id: realm.tenantId,
      community_id: realm.communityId,
      eventName: 'E_LOGIN_SUCCEEDED',
      event_name: 'E_LOGIN_SUCCEEDED',
    })
    expect(Object.keys(stored)).toEqual([
      ...Object.keys(sent),
      'event_ts',
      'timestamp',
      'epoch_time',
      'tenant_id',
      'community_id',
      'eventName',
      'event_name',
    ])
    expect(stored.timestamp).toBe(new Date(stored.event_ts as number).toISOString().slice(0, 23).replace('T', ' '))
    expect(stored.epoch_time).toBe(Math.floor((stored.event_ts as number) / 1000))
  })

  it('that is sent in the clear keeps its text to the byte', async () => {
    const text =
      '{ "type":"event",\n "one": 1.0, "big":9223372036854775807, "esc":"\\u0041\\u003d", "user_id":"grace" }'
    const reply = await client.call('PUT', eventPath(realm, 'E_ANYTHING'), `{"data": ${text} }`)
    expect(reply.status).toBe(200)
    const listed = await reports.call('POST', listPath(realm), { user_id: 'grace' })
    expect(listed.text).toContain(text.slice(0, -1).trimEnd())
    expect(listed.text).toContain(`"event_id":"${idOf(reply)}"`)
  })

  it('that a Java client sends, with its escaped padding, is read', async () => {
    const data = client.seal(JSON.stringify({ type: 'event', padding: 'x' })).replaceAll('=', '\\u003d')
    const reply = await client.call('PUT', eventPath(realm, 'E_LOGIN_FAILED'), `{"data":"${data}"}`)
    expect(reply.status).toBe(200)
  })

  it('may carry any name, also one with slashes, spaces and other scripts', async () => {
    const name = 'E_ÄÖ/ü 語 ?#%'
    const reply = await client.putEvent(realm, name, { type: 'event' })
    expect(reply.status).toBe(200)
    expect(await readBack(idOf(reply))).toMatchObject({ eventName: name })
  })

  it('that is sent again is answered like the first time', async () => {
    const event = { type: 'event', event_id: randomUUID() }
    const first = await client.putEvent(realm, 'E_TWICE', event)
    const second = await client.putEvent(realm, 'E_TWICE', event)
    expect([second.status, second.text]).toEqual([200, first.text])
  })

  it('with a known id and another content is refused, naming event_id', async () => {
    const event_id = randomUUID()
    await client.putEvent(realm, 'E_TWICE', { type: 'event', event_id })
    const reply = await client.putEvent(realm, 'E_TWICE', { type: 'event', event_id, more: 1 })
    expect(reply.status).toBe(400)
    expect(params(reply)).toEqual(['event_id'])
  })

  const past = Math.floor(Date.now() / 1000) * 1000 - 10 * 86_400_000 + 250
  const seconds = Math.floor(past / 1000)
  const written = new Date(past).toISOString().slice(0, 23).replace('T', ' ')

  it.each([
    ['timestamp before epoch_time', { timestamp: written, epoch_time: 1_000_000_000 }, past],
    ['epoch_time in digits', { epoch_time: String(seconds), event_ts: 1_000_000_000_000 }, seconds * 1000],
    ['epoch_time in milliseconds', { epoch_time: past }, past],
    ['event_ts last', { event_ts: past }, past],
  ])('takes its time from %s, and keeps what was sent', async (_, times, at) => {
    const reply = await client.putEvent(realm, 'E_TIMED', { type: 'event', event_id: randomUUID(), ...times })
    const found = await reports.call('POST', listPath(realm), { event_id: idOf(reply), from: at - 1, to: at + 1 })
    const { data } = found.json as { data: Record<string, unknown>[] }
    expect(data.map((event) => event.event_id)).toContain(idOf(reply))
    expect(data.find((event) => event.event_id === idOf(reply))).toMatchObject(times)
  })

  it.each([
    ['no type', { a: 1 }, ['type']],
    ['an empty type', { type: '' }, ['type']],
    ['a type that is no text', { type: { $ne: 1 } }, ['type']],
    ['another tenant', { type: 'event', tenant_id: 'other' }, ['tenant_id']],
    [
      'another community and name',
      { type: 'event', community_id: 'x', eventName: 'y', event_name: 'z' },
      ['community_id', 'eventName', 'event_name'],
    ],
    ['an id that is no text', { type: 'event', event_id: 5 }, ['event_id']],
    ['an id with control characters', { type: 'event', event_id: 'a\u0000b' }, ['event_id']],
    ['an id that is too long', { type: 'event', event_id: 'x'.repeat(2_000) }, ['event_id']],
    ['a time that is none', { type: 'event', timestamp: 'yesterday-ish' }, ['timestamp']],
    ['seconds that are none', { type: 'event', epoch_time: 'soon' }, ['epoch_time']],
    ['a time long gone', { type: 'event', timestamp: '1900-01-01 00:00:00.000' }, ['timestamp']],
    ['seconds long gone', { type: 'event', epoch_time: 5 }, ['epoch_time']],
    ['a time far ahead', { type: 'event', timestamp: '2999-01-01 00:00:00.000' }, ['timestamp']],
    ['a user id of a megabyte', { type: 'event', user_id: 'u'.repeat(100_000) }, ['user_id']],
  ])('with %s is refused with 400, naming it', async (_, event, names) => {
    const reply = await client.putEvent(realm, 'E_WRONG', event)
    expect([reply.status, params(reply)]).toEqual([400, names])
    expect(reply.json).toMatchObject({ statusCode: 400, error: 'Bad Request' })
  })

  it('with a name that is too long or holds control characters is refused, naming it', async () => {
    for (const name of ['N'.repeat(300), 'E_\u0000', 'E_\n']) {
      const reply = await client.putEvent(realm, name, { type: 'event' })
      expect([reply.status, params(reply)]).toEqual([400, ['eventName']])
    }
  })
})

describe('a hostile body', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['an array', '[]'],
    ['a number', '5'],
    ['text', '"x"'],
    ['no data', '{}'],
    ['empty data', '{"data":""}'],
    ['data of null', '{"data":null}'],
    ['data that is a number', '{"data":5}'],
    ['data that is an array', '{"data":[{"type":"event"}]}'],
    ['data that is not encrypted text', '{"data":"AAAA"}'],
    ['data twice', '{"data":{"type":"event"},"data":{"type":"event"}}'],
    ['data under __proto__', '{"__proto__":{"data":{"type":"event"}}}'],
    ['type under __proto__', '{"data":{"__proto__":{"type":"event"}}}'],
    ['a key twice', '{"data":{"type":"event","a":1,"a":2}}'],
    ['half a surrogate pair', '{"data":{"type":"event","a":"\\ud800"}}'],
    ['a number beyond 64 bits', '{"data":{"type":"event","a":123456789012345678901234567890}}'],
    ['a deep nest', `{"data":{"type":"event","a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`],
    ['a bottomless nest', '['.repeat(300_000)],
    ['too many keys', `{"data":{"type":"event",${Array.from({ length: 5_000 }, (_, i) => `"k${i}":1`).join(',')}}}`],
    ['a name that is too long', `{"data":{"type":"event","${'k'.repeat(5_000)}":1}}`],
    ['an event that is too large', `{"data":{"type":"event","a":"${'x'.repeat(400_000)}"}}`],
  ]

  it.each(texts)('of %s is refused with 400 in the dialect’s form', async (_, text) => {
    const reply = await client.call('PUT', eventPath(realm, 'E_HOSTILE'), text)
    expect(reply.status).toBe(400)
    expect(params(reply).length).toBeGreaterThan(0)
    expect(params(reply).every((name) => name.length > 0)).toBe(true)
  })

  it.each(texts.filter(([name]) => !/data|nothing/.test(name)))(
    'of %s is refused as well when it is encrypted',
    async (_, text) => {
      const inner = text.startsWith('{"data":') ? text.slice('{"data":'.length, -1) : text
      const reply = await client.putEvent(realm, 'E_HOSTILE', inner)
      expect(reply.status).toBe(400)
      expect(params(reply).every((name) => name.length > 0)).toBe(true)
    },
  )

  it('of bytes that are not UTF-8 is refused', async () => {
    const head = Buffer.from('{"data":{"type":"event","a":"')
    const body = Buffer.concat([head, Buffer.of(0xc3, 0x28), Buffer.from('"}}')])
    const response = await fetch(`${world.url}/events${eventPath(realm, 'E_HOSTILE')}`, {
      method: 'PUT',
      headers: client.headers(),
      body,
    })
    expect(response.status).toBe(400)
  })

  it('of another content type is read as JSON all the same', async () => {
    const body = JSON.stringify({ data: client.seal('{"type":"event"}') })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8']) {
      const reply = await client.call('PUT', eventPath(realm, 'E_TYPED'), body, { 'content-type': type })
      expect(reply.status).toBe(200)
    }
  })

  it('that is larger than the limit is refused with 413', async () => {
    const reply = await client.call('PUT', eventPath(realm, 'E_HOSTILE'), `{"data":"${'A'.repeat(600_000)}"}`)
    expect(reply.status).toBe(413)
    // One event of 262,144 bytes, twice, and some room.
    expect(reply.json).toMatchObject({ statusCode: 413, message: expect.stringContaining('589824 bytes') })
  })

  it('with SQL and markup in its fields is stored as it is', async () => {
    const user_id = `'; DROP TABLE events; -- {tenant:String} <script>`
    const reply = await client.putEvent(realm, "E_'; DROP", { type: 'event', user_id, "k'; --": '`' })
    expect(reply.status).toBe(200)
    expect(await readBack(idOf(reply))).toMatchObject({ user_id, "k'; --": '`', eventName: "E_'; DROP" })
  })
})

describe('the headers', () => {
  const sealedFor = (text: string): string => client.seal(text)
  const requestId = (change: object): string =>
    sealedFor(JSON.stringify({ ts: Math.floor(Date.now() / 1000), appid: 'a', uuid: 'u', ...change }))
  const put = (change: Record<string, string | undefined>): Promise<Reply> =>
    client.call('PUT', eventPath(realm, 'E_HEADERS'), { data: client.seal('{"type":"event"}') }, change)

  it.each([
    ['no licensekey', () => ({ licensekey: undefined }), ['licensekey']],
    ['an empty requestid', () => ({ requestid: '' }), ['requestid']],
    ['no publickey', () => ({ publickey: undefined }), ['publickey']],
    ['a licensekey in the clear', () => ({ licensekey: licence }), ['licensekey']],
    ['a point off the curve', () => ({ publickey: Buffer.alloc(64, 1).toString('base64') }), ['publickey']],
    ['another public key', () => ({ publickey: newPair().publicKey }), ['licensekey', 'requestid', 'data']],
    ['a truncated licensekey', () => ({ licensekey: sealedFor(licence).slice(0, 40) }), ['licensekey']],
    ['a huge publickey', () => ({ publickey: 'A'.repeat(8_000) }), ['publickey']],
    ['a clock 61 s off', () => ({ requestid: requestId({ ts: Math.floor(Date.now() / 1000) - 62 }) }), ['requestid']],
    ['a requestid of null', () => ({ requestid: sealedFor('null') }), ['requestid']],
    ['two licences', () => ({ licensekey: `${sealedFor(licence)}, ${sealedFor(licence)}` }), ['licensekey']],
  ])('with %s are refused with 401, naming what is wrong', async (_, change, names) => {
    const reply = await put(change())
    expect([reply.status, params(reply)]).toEqual([401, names])
    expect(reply.json).toMatchObject({ statusCode: 401, error: 'Unauthorized' })
  })

  it('are told together with the body, headers first', async () => {
    const reply = await client.call('PUT', eventPath(realm, 'E_HEADERS'), { data: {} }, { licensekey: undefined })
    expect(params(reply)).toEqual(['licensekey', 'type'])
  })

  it('may be used twice', async () => {
    const headers = { requestid: requestId({}) }
    expect([(await put(headers)).status, (await put(headers)).status]).toEqual([200, 200])
  })

  it('take an appId as the PHP client writes it', async () => {
    const reply = await put({ requestid: requestId({ appid: undefined, appId: 'php', uuid: '65a1b2c3d4e5f' }) })
    expect(reply.status).toBe(200)
  })

  it('with authMy names are neither needed nor read', async () => {
    expect((await put({ authMyPrivateKey: 'nonsense' })).status).toBe(200)
  })
})

describe('a licence', () => {
  const as = (secret: string): Promise<Client> => connect({ service: `${world.url}/events`, licence: secret })
  const event = { type: 'event' }

  it('that is unknown is refused with 401', async () => {
    const reply = await (await as('00000000-0000-0000-0000-000000000000')).putEvent(realm, 'E_X', event)
    expect(reply.status).toBe(401)
    expect(reply.json).toMatchObject({ statusCode: 401, message: 'Invalid or Unauthorized License' })
  })

  it('of another realm is refused with 403, whether the realm exists or not', async () => {
    const other = await as(await world.licence(await world.realm(), 'community'))
    expect((await other.putEvent(realm, 'E_X', event)).status).toBe(403)
    expect((await other.putEvent({ ...realm, tenantId: 'nobody' }, 'E_X', event)).status).toBe(403)
  })

  it('of system level writes to every realm, and hears 403 of one that is not there', async () => {
    const system = await as(await world.licence(undefined, 'system'))
    expect((await system.putEvent(realm, 'E_X', event)).status).toBe(200)
    expect((await system.putEvent({ ...realm, communityId: 'nobody' }, 'E_X', event)).status).toBe(403)
  })

  it('may be the infra key', async () => {
    expect((await (await as(infraKey)).putEvent(realm, 'E_X', event)).status).toBe(200)
  })
})

describe('the observed profile, without plain bodies', () => {
  it('answers wrong headers with 400 and errors alone, and refuses what is not encrypted', async () => {
    await using observed = await startWorld({
      ROLLCALL_ONEKOSMOS_PROFILE: 'observed',
      ROLLCALL_ONEKOSMOS_PLAIN: 'false',
    })
    const own = await observed.realm()
    const sender = await connect({
      service: `${observed.url}/events`,
      licence: await observed.licence(own, 'community'),
    })
    const path = eventPath(own, 'E_X')
    const bare = await sender.call('PUT', path, { data: sender.seal('{"type":"event"}') }, { licensekey: undefined })
    expect(bare.status).toBe(400)
    expect(bare.text).toBe('{"errors":[{"message":"This header should not be empty","param":"licensekey"}]}')
    const wrongKey = seal(sharedKey(newPair(), sender.serviceKey), 'x')
    const sealedWrong = await sender.call(
      'PUT',
      path,
      { data: sender.seal('{"type":"event"}') },
      { licensekey: wrongKey },
    )
    expect(sealedWrong.text).toBe('{"errors":[{"message":"This header can\'t be decrypted","param":"licensekey"}]}')
    const plain = await sender.call('PUT', path, { data: { type: 'event' } })
    expect(plain.json).toEqual({ errors: [{ message: 'This field should be encrypted', param: 'data' }] })
    expect((await sender.putEvent(own, 'E_X', { type: 'event' })).status).toBe(200)
  })
})
