import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../../world.ts'

let world: World
let base: string
let other: string
let realm: { tenantId: string; communityId: string }
beforeAll(async () => {
  world = await startWorld()
  realm = await world.realm()
  const second = await world.realm()
  base = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  other = `/v1/realms/${second.tenantId}/${second.communityId}`
})
afterAll(() => world[Symbol.asyncDispose]())

const put = (path: string, body: unknown) => world.call('PUT', `${base}/directory/${path}`, body)
const as = (key: string, method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
  fetch(`${world.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

test('an object is made, shown, changed and removed', async () => {
  const made = await put('server/db-1', {
    name: 'db-1.acme.example',
    display: 'Orders',
    attributes: { protocol: 'ssh' },
  })
  expect(made).toEqual({
    status: 201,
    body: {
      kind: 'server',
      id: 'db-1',
      externalId: null,
      name: 'db-1.acme.example',
      display: 'Orders',
      status: 'active',
      subject: null,
      object: null,
      relation: '',
      attributes: { protocol: 'ssh' },
      version: expect.any(Number),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      createdBy: 'admin',
      modifiedAt: expect.any(String),
    },
  })
  const change = { status: 'retired', attributes: { protocol: null, rack: 4 } }
  const changed = await world.call('PATCH', `${base}/directory/server/db-1`, change)
  expect(changed).toMatchObject({
    status: 200,
    body: { status: 'retired', display: 'Orders', attributes: { rack: 4 }, name: 'db-1.acme.example' },
  })
  expect(await world.call('GET', `${base}/directory/server/db-1`)).toEqual(changed)
  expect(await put('server/db-1', {})).toMatchObject({
    status: 200,
    body: { name: '', status: 'active', attributes: {} },
  })
  expect((await world.call('DELETE', `${base}/directory/server/db-1`)).status).toBe(204)
  expect((await world.call('GET', `${base}/directory/server/db-1`)).status).toBe(404)
  expect((await world.call('DELETE', `${base}/directory/server/db-1`)).status).toBe(404)
})

test('a report sees every change at once, and another realm sees none of it', async () => {
  const seen = async (where: string) => {
    const asked = { filter: { kind: 'safe' }, order: ['id'] }
    const { body } = await world.call('POST', `${where}/reports/directory-objects`, asked)
    return (body as { rows: { id: string; display: string }[] }).rows.map(({ id, display }) => `${id} ${display}`)
  }
  for (let at = 0; at < 5; at++) {
    await put(`safe/s${at}`, { display: `Safe ${at}` })
    expect((await seen(base)).at(-1)).toBe(`s${at} Safe ${at}`)
  }
  await put('safe/s1', { display: 'Changed' })
  await world.call('DELETE', `${base}/directory/safe/s3`)
  expect(await seen(base)).toEqual(['s0 Safe 0', 's1 Changed', 's2 Safe 2', 's4 Safe 4'])
  expect(await seen(other)).toEqual([])
  expect((await world.call('GET', `${other}/directory/safe`)).body).toEqual({ objects: [], next: null })
})

test('a list is narrowed, and read page by page', async () => {
  for (const [id, user] of [
    ['g1', 'ann'],
    ['g2', 'bob'],
    ['g3', 'ann'],
  ])
    await put(`grant/${id}`, {
      subject: { kind: 'user', id: user },
      relation: id === 'g3' ? 'edit' : 'use',
      object: { kind: 'safe', id: `s-${id}` },
    })
  const list = async (query: string) => {
    const { body } = await world.call('GET', `${base}/directory/grant?${query}`)
    return body as { objects: { id: string }[]; next: string | null }
  }
  expect((await list('subjectId=ann')).objects.map(({ id }) => id)).toEqual(['g1', 'g3'])
  expect((await list('subjectId=ann&relation=edit')).objects.map(({ id }) => id)).toEqual(['g3'])
  expect((await list('objectKind=safe&objectId=s-g2')).objects.map(({ id }) => id)).toEqual(['g2'])
  const first = await list('limit=2')
  expect([first.objects.length, first.next]).toEqual([2, 'g2'])
  expect(await list(`limit=2&after=${first.next}`)).toMatchObject({ objects: [{ id: 'g3' }], next: null })
})

test('an ETag keeps two writers apart', async () => {
  const path = `${base}/directory/user/etag`
  const first = await as('test-admin-key-0123456789', 'PUT', path, {}, { name: 'etag' })
  const etag = first.headers.get('etag') ?? ''
  expect(etag).toMatch(/^"\d+"$/)
  const write = (match: string) =>
    as('test-admin-key-0123456789', 'PATCH', path, { 'if-match': match }, { status: match })
  expect((await write('7')).status).toBe(400)
  expect((await write(etag)).status).toBe(200)
  expect((await write(etag)).status).toBe(412)
  expect((await as('test-admin-key-0123456789', 'DELETE', path, { 'if-match': etag })).status).toBe(412)
})

test.each([
  ['user/nameless', {}, 'name', 400],
  ['user/odd', { name: 'a\u0000b' }, 'name', 400],
  ['user/broken', { name: 'odd', attributes: { text: '\ud800' } }, 'attributes', 400],
  ['user/fine', { name: 'fine', attributes: { text: 'a\\ud800', smile: '😀' } }, '', 201],
  ['user/large', { name: 'large', attributes: { text: 'x'.repeat(70_000) } }, 'attributes', 400],
  ['server/s', { nmae: 'x' }, 'nmae', 400],
  ['server/s', { subject: { kind: 'user', id: 'ann' } }, 'subject', 400],
  ['grant/g', { subject: { kind: 'user', id: 'ann' }, object: { kind: 'safe', id: 's' } }, 'relation', 400],
  [
    'grant/g',
    { subject: { kind: 'safe', id: 'a' }, object: { kind: 'safe', id: 's' }, relation: 'use' },
    'subject.kind',
    400,
  ],
  ['role_assignment/r', { object: { kind: 'role', id: 'r' } }, 'subject', 400],
  ['planet/mars', {}, 'kind', 400],
  [`server/${'x'.repeat(257)}`, {}, 'id', 400],
  ['server/a%00b', { name: 'x' }, 'id', 400],
])('PUT %s with %o names %s', async (path, body, name, status) => {
  const answer = await put(path, body)
  expect(answer.status).toBe(status)
  if (name !== '') expect(answer.body).toMatchObject({ issues: [expect.objectContaining({ name })] })
})

test('two users of one name are refused, and keys keep to their realm and their roles', async () => {
  await put('user/u1', { name: 'Taken' })
  expect((await put('user/u2', { name: 'tAKEN' })).status).toBe(409)
  const key = await world.apiKey(realm)
  expect((await as(key, 'GET', `${base}/directory/user/u1`)).status).toBe(200)
  expect((await as(key, 'GET', `${other}/directory/user/u1`)).status).toBe(403)
  const reader = await world.call('POST', '/v1/keys', { kind: 'api', name: 'r', realm, roles: ['reader'] })
  const { secret } = reader.body as { secret: string }
  expect((await as(secret, 'GET', `${base}/directory/user`)).status).toBe(200)
  const written = await as(secret, 'PUT', `${base}/directory/user/u3`, {}, { name: 'u3' })
  expect(written.status).toBe(403)
})
