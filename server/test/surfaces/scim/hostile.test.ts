import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ERROR, LIST, PATCH, type Setting, startScim, USER } from './setting.ts'

let scim: Setting
beforeAll(async () => {
  scim = await startScim()
})
afterAll(() => scim[Symbol.asyncDispose]())

test('tells what it can do', async () => {
  const config = await scim.call('GET', '/ServiceProviderConfig')
  expect(config.body).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false },
    filter: { supported: true, maxResults: 200 },
    sort: { supported: true },
    etag: { supported: true },
  })
  const schemas = await scim.call('GET', '/Schemas')
  expect(schemas.body).toMatchObject({ schemas: [LIST], totalResults: 3 })
  const user = await scim.call('GET', `/Schemas/${USER}`)
  expect((schemas.body.Resources as unknown[])[0]).toEqual(user.body)
  const userName = (user.body.attributes as { name: string }[]).find(({ name }) => name === 'userName')
  expect(userName).toMatchObject({ type: 'string', required: true, caseExact: false, uniqueness: 'server' })
  expect((await scim.call('GET', '/ResourceTypes')).body).toMatchObject({
    totalResults: 2,
    Resources: [
      { id: 'User', endpoint: '/Users' },
      { id: 'Group', endpoint: '/Groups' },
    ],
  })
  expect((await scim.call('GET', '/ResourceTypes/Group')).body).toMatchObject({ name: 'Group' })
  expect((await scim.call('GET', '/ResourceTypes/Planet')).status).toBe(404)
})

test('asks for a key of this realm with the right role, and shows no realm another one’s', async () => {
  const id = await scim.make('/Users', { userName: 'here' })
  const nobody = await fetch(`${scim.base}/Users`)
  expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="rollcall"'])
  expect(await nobody.json()).toMatchObject({ schemas: [ERROR], status: '401' })
  const other = await scim.world.realm()
  const elsewhere = `${scim.world.url}/scim/v2/${other.tenantId}/${other.communityId}`
  const admin = scim.as('test-admin-key-0123456789', elsewhere)
  expect((await admin('GET', '/Users')).body.totalResults).toBe(0)
  for (const method of ['GET', 'DELETE']) expect((await admin(method, `/Users/${id}`)).status).toBe(404)
  expect((await admin('POST', '/Groups', { displayName: 'x', members: [{ value: id }] })).status).toBe(400)
  expect((await admin('POST', '/Users', { userName: 'here' })).status).toBe(201)
  const foreign = scim.as(await scim.world.apiKey(other))
  expect((await foreign('GET', `/Users/${id}`)).status).toBe(403)
  const keyOf = async (role: string) => {
    const key = { kind: 'api', name: role, realm: scim.realm, roles: [role] }
    return ((await scim.world.call('POST', '/v1/keys', key)).body as { secret: string }).secret
  }
  const reader = scim.as(await keyOf('reader'))
  expect((await reader('GET', `/Users/${id}`)).status).toBe(200)
  expect((await reader('DELETE', `/Users/${id}`)).status).toBe(403)
  expect((await scim.as(await keyOf('directory'))('DELETE', `/Users/${id}`)).status).toBe(204)
  const unknown = `${scim.world.url}/scim/v2/none/none`
  expect((await scim.as('test-admin-key-0123456789', unknown)('GET', '/Users')).status).toBe(404)
})

test.each<[unknown, string]>([
  ['{"userName":', 'invalidSyntax'],
  ['[]', 'invalidSyntax'],
  ['null', 'invalidSyntax'],
  ['"x"', 'invalidSyntax'],
  [{ schemas: ['urn:wrong'], userName: 'a' }, 'invalidSyntax'],
  [{ userName: 'a', username: 'b' }, 'invalidSyntax'],
  [{}, 'invalidValue'],
  [{ userName: '' }, 'invalidValue'],
  [{ userName: 5 }, 'invalidValue'],
  [{ userName: 'a\u0000' }, 'invalidValue'],
  ['{"userName":"a\\ud800"}', 'invalidValue'],
  [{ userName: 'x'.repeat(600) }, 'invalidValue'],
  [{ userName: 'a', active: 1 }, 'invalidValue'],
  [{ userName: 'a', emails: [5] }, 'invalidValue'],
  [
    {
      userName: 'a',
      emails: [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ],
    },
    'invalidValue',
  ],
  [{ userName: 'a', name: 'a' }, 'invalidValue'],
  [{ userName: 'a', externalId: 5 }, 'invalidValue'],
  [{ userName: 'a', title: 'x'.repeat(9_000) }, 'invalidValue'],
  [
    { userName: 'a', emails: Array.from({ length: 3_000 }, (_, at) => ({ value: `${at}@x.example.com.org` })) },
    'invalidValue',
  ],
])('a user %o is refused as %s', async (body, scimType) => {
  const refused = await scim.call('POST', '/Users', body)
  expect([refused.status, refused.body]).toEqual([
    400,
    { schemas: [ERROR], status: '400', scimType, detail: expect.stringMatching(/.+/) },
  ])
})

test.each([
  'userName',
  'userName eq',
  'userName eq ann',
  'userName xx "ann"',
  'nothing eq "x"',
  'name eq "x"',
  'name.nothing eq "x"',
  'active gt true',
  'userName gt 5',
  'meta.created gt "yesterday"',
  '(userName eq "a"',
  'userName eq "a" and',
  '__proto__ pr',
  'emails[type eq "x"',
  `${'('.repeat(2_000)}userName eq "a"${')'.repeat(2_000)}`,
  `${'not '.repeat(500)}userName eq "a"`,
  `userName eq "${'x'.repeat(5_000)}"`,
  Array.from({ length: 200 }, () => 'userName eq "a"').join(' or '),
  `userName eq "${'\n'.repeat(60)}`,
])('the filter %s is refused at once', async (filter) => {
  const refused = await scim.call('GET', `/Users?filter=${encodeURIComponent(filter)}`)
  expect([refused.status, refused.body.scimType]).toEqual([400, 'invalidFilter'])
})

test('nothing that is sent breaks it', async () => {
  const id = await scim.make('/Users', { userName: 'fuzzed' })
  const json = fc.jsonValue({ maxDepth: 3 })
  const name = fc.constantFrom(
    'userName',
    'emails',
    'roles',
    'name',
    'active',
    'schemas',
    'id',
    'meta',
    '__proto__',
    'x',
  )
  const path = fc.oneof(
    fc.string(),
    name,
    fc.string().map((text) => `emails[${text}].value`),
  )
  const operation = fc.record(
    { op: fc.constantFrom('add', 'remove', 'replace', 'x'), path, value: json },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, json),
      fc.array(operation, { maxLength: 3 }),
      fc.string(),
      async (resource, Operations, filter) => {
        const answers = await Promise.all([
          scim.call('POST', '/Users', resource),
          scim.call('PATCH', `/Users/${id}`, { schemas: [PATCH], Operations }),
          scim.call('GET', `/Users?filter=${encodeURIComponent(filter.toWellFormed())}`),
        ])
        for (const { status } of answers) expect(status).toBeLessThan(500)
      },
    ),
    { numRuns: 60 },
  )
  expect((await scim.call('GET', `/Users/${id}`)).status).toBe(200)
})
