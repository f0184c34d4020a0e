import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { Pool } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from '../world.ts'
import { type Caller, callerOf, type Sent, settings } from './hostile/callers.ts'
import { type Operation, operations } from './hostile/operations.ts'
import { bodies, placesOf, sample, texts, values, withAt } from './hostile/values.ts'

let world: World
let pool: Pool
const broken: string[] = []
beforeAll(async () => {
  const log = pino({ level: 'error' }, { write: (line: string) => void broken.push(line) })
  world = await startWorld(settings, { log })
  pool = new Pool(world.url, { connections: 16, bodyTimeout: 30_000, headersTimeout: 30_000 })
})
afterAll(async () => {
  await pool?.close()
  await world?.[Symbol.asyncDispose]()
})

interface Ask {
  readonly about: string
  readonly path?: Readonly<Record<string, string>>
  readonly query?: string
  readonly headers?: Sent
  readonly body?: string | Buffer
}

const bomb = gzipSync(Buffer.alloc(20_000_000, 32))
const json: Sent = ['content-type', 'application/json']

/** Words of the inside that no answer may show. */
const inside =
  /node_modules|\bat \S+ \(|\.ts:\d|SQLITE_|DB::Exception|FST_ERR|ECONNREFUSED|undefined is not|of undefined/

const encode = (text: string): string => encodeURIComponent(text.toWellFormed())

const byPath = ({ parameters }: Operation): readonly Ask[] =>
  parameters
    .filter((parameter) => parameter.in === 'path')
    .flatMap(({ name }) => [
      ...texts
        .filter((text) => text !== '' && text.length < 1_000)
        .map((text) => ({ about: `${name} is ${text}`, path: { [name]: encode(text) } })),
      { about: `${name} cannot be decoded`, path: { [name]: '%ff%zz' } },
    ])

const byQuery = ({ parameters }: Operation): readonly Ask[] => [
  ...parameters
    .filter((parameter) => parameter.in === 'query')
    .flatMap(({ name }) => [
      ...texts
        .filter((text) => text.length < 5_000)
        .map((text) => ({ about: `${name} is ${text}`, query: `${name}=${encode(text)}` })),
      { about: `${name} twice`, query: `${name}=1&${name}=2` },
      { about: `${name} as a list`, query: `${name}[]=1&${name}[a]=2` },
    ]),
  { about: 'a query that nobody means', query: '__proto__=1&constructor=2&=&%ff&a&&;' },
]

const byHeader = (): readonly Ask[] => [
  { about: 'accept', headers: ['accept', 'x/y;q=zzz, */'] },
  { about: 'if-match', headers: ['if-match', 'W/"\u00ff', 'if-none-match', '"'] },
  { about: 'range', headers: ['range', 'bytes=9-1,-,a'] },
  { about: 'forwarded', headers: ['x-forwarded-for', "' OR 1=1", 'x-forwarded-host', '__proto__', 'forwarded', '=;,'] },
  { about: 'the content type', headers: ['content-type', 'application/json; charset=utf-99; =;'], body: '{}' },
  { about: 'no content type', headers: [], body: '{}' },
  { about: 'a form', headers: ['content-type', 'application/x-www-form-urlencoded'], body: 'a=1&a=2' },
  { about: 'a false encoding', headers: [...json, 'content-encoding', 'gzip'], body: 'x' },
  { about: 'an unknown encoding', headers: [...json, 'content-encoding', '__proto__'], body: '{}' },
  { about: 'a bomb', headers: [...json, 'content-encoding', 'gzip'], body: bomb },
]

/** Each place of a valid body, with what is wrong there; by turns, so that all values meet every surface. */
const byBody = ({ body, method, path }: Operation, caller: Caller): readonly Ask[] => {
  if (body === undefined) return []
  const whole = sample(body)
  let turn = method.length + path.length
  const wrong = placesOf(whole).flatMap((place) => [
    { about: `${place.join('.')} is missing`, body: withAt(whole, place, undefined) },
    ...Array.from({ length: 12 }, () => {
      turn += 1
      const value = values[(turn * 7) % values.length]
      return { about: `${place.join('.')} is ${JSON.stringify(value)}`, body: withAt(whole, place, value) }
    }),
  ])
  const isEvent = path.endsWith('/{eventName}')
  const free = values.map((value) => ({
    about: `user_id and name are ${JSON.stringify(value)}`,
    body: { user_id: value, name: value, ...(isEvent ? { data: { type: 'event', user_id: value } } : {}) },
  }))
  const told = [...wrong, ...free].map(({ about, body: sent }) => ({
    about,
    headers: json,
    body: JSON.stringify(sent),
  }))
  const { seal } = caller
  const sealed = seal
    ? [...bodies.map(String).filter((text) => text.length < 100_000), '{"type":5}'].flatMap((text) => [
        { about: `data is ${text.slice(0, 40)}, encrypted`, headers: json, body: JSON.stringify({ data: seal(text) }) },
        { about: 'data is cut', headers: json, body: JSON.stringify({ data: seal(text).slice(0, 30) }) },
      ])
    : []
  return [
    ...told,
    ...sealed,
    ...bodies.map((sent) => ({ about: `the body ${sent.toString().slice(0, 40)}`, headers: json, body: sent })),
  ]
}

const addressOf = ({ path, parameters }: Operation, { realm }: Caller, ask: Ask): string => {
  const parts: Readonly<Record<string, string>> = { ...realm, ...ask.path }
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const known = parameters.find((one) => one.name === name)
    return parts[name] ?? (known ? encode(String(sample(known.schema))) : 'x')
  })
  return ask.query === undefined ? filled : `${filled}?${ask.query}`
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** One answer; a 503 asks to come again, as the engine does that has too much to do. */
const answerTo = async (operation: Operation, caller: Caller, ask: Ask, who: Sent, again = 5): Promise<Answer> => {
  const { statusCode, body } = await pool.request({
    method: operation.method as 'GET',
    path: addressOf(operation, caller, ask),
    headers: [...who, ...(ask.headers ?? [])],
    body: ask.body ?? null,
  })
  const text = await body.text()
  if (statusCode !== 503 || again === 0) return { status: statusCode, text }
  await sleep(500)
  return answerTo(operation, caller, ask, caller.headers(), again - 1)
}

/** A body may be refused that the document does not ask for. */
const isUnasked = ({ body }: Operation, ask: Ask, status: number): boolean =>
  body === undefined && (ask.body !== undefined || ask.headers !== undefined) && (status === 400 || status === 413)

const wrongWith = (operation: Operation, ask: Ask, { status, text }: Answer) => {
  const wrong =
    status >= 500
      ? `is a ${status}`
      : inside.test(text)
        ? 'shows the inside'
        : operation.judge(isUnasked(operation, ask, status) ? undefined : status, text)
  return wrong === undefined
    ? []
    : [`${operation.method} ${operation.path}, ${ask.about.slice(0, 100)}: ${status} ${wrong}: ${text.slice(0, 200)}`]
}

/** Asks all, a few at a time. */
const askAll = async <T>(
  asks: readonly T[],
  one: (ask: T) => Promise<readonly string[]>,
): Promise<readonly string[]> => {
  const waiting = [...asks]
  const found: string[] = []
  const work = async () => {
    for (let ask = waiting.shift(); ask !== undefined; ask = waiting.shift()) found.push(...(await one(ask)))
  }
  await Promise.all(Array.from({ length: 12 }, work))
  return found
}

const isIngest = ({ method, path }: Operation): boolean =>
  /\/event\/\{eventName\}$/.test(path) || (method === 'POST' && /^\/v1\/.*\/events$/.test(path))

/** The ids of what an answer says was kept. */
const acceptedBy = ({ status, text }: Answer): readonly string[] => {
  type Said = { readonly outcome?: string; readonly event_id?: string }
  const { results, event_id } = JSON.parse(text) as Said & { readonly results?: readonly Said[] }
  const one = status === 200 && results === undefined ? [{ outcome: 'accepted', event_id }] : []
  return (results ?? one).flatMap(({ outcome, event_id: id }) => (outcome === 'accepted' && id ? [id] : []))
}

const rowsOf = async ({ realm }: Caller): Promise<number> => {
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}/reports/event-search`
  const { body } = await world.call('POST', path, { page: { size: 1 } })
  return (body as { total: number }).total
}

describe.each(operations())('$surface: $method $path', (operation) => {
  it('answers whatever is sent as its document says, and shows nothing of the inside', async () => {
    const caller = await callerOf(world, operation)
    const asks = [...byPath(operation), ...byQuery(operation), ...byHeader(), ...byBody(operation, caller)]
    const kept = new Set<string>()
    const found = await askAll(asks, async (ask) => {
      const answer = await answerTo(operation, caller, ask, caller.headers())
      if (isIngest(operation)) for (const id of acceptedBy(answer)) kept.add(id)
      return wrongWith(operation, ask, answer)
    })
    expect(found).toEqual([])
    expect(broken).toEqual([])
    if (isIngest(operation)) expect([kept.size > 0, await rowsOf(caller)]).toEqual([true, kept.size])
  })

  it('lets nobody in whose headers are wrong', async () => {
    const caller = await callerOf(world, operation)
    const body = operation.body === undefined ? undefined : JSON.stringify(sample(operation.body))
    const ask: Ask = { about: 'the headers', ...(body === undefined ? {} : { headers: json, body }) }
    const found = await askAll(caller.refused(), async (who) => {
      const answer = await answerTo(operation, caller, ask, who)
      const about = { ...ask, about: `with ${JSON.stringify(who)}` }
      return answer.status < 300
        ? [`${about.about} came in: ${answer.text.slice(0, 100)}`]
        : wrongWith(operation, about, answer)
    })
    expect(found).toEqual([])
    expect(broken).toEqual([])
    expect(await rowsOf(caller)).toBe(0)
  })
})
