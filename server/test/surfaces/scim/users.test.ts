import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENTERPRISE, ERROR, LIST, type Setting, startScim, USER } from './setting.ts'

let scim: Setting
beforeAll(async () => {
  scim = await startScim()
})
afterAll(() => scim[Symbol.asyncDispose]())

const bjensen = {
  schemas: [USER, ENTERPRISE],
  externalId: 'bjensen',
  userName: 'BJensen',
  name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
  displayName: 'Babs',
  emails: [
    { value: 'bjensen@example.com', type: 'work', primary: true },
    { value: 'babs@jensen.org', type: 'home' },
  ],
  roles: [{ value: 'r-admin', display: 'Administrator' }, { value: 'r-help' }],
  active: true,
  password: 't1meMa$heen',
  id: 'mine',
  [ENTERPRISE]: { employeeNumber: '701984', department: 'Tours' },
}

describe('a user', () => {
  let id: string
  let version: string

  test('is created with an id and a version of the server, and is answered as it was sent', async () => {
    const made = await scim.call('POST', '/Users', bjensen)
    expect(made.status).toBe(201)
    id = made.body.id as string
    const { password: _, id: __, ...kept } = bjensen
    const meta = made.body.meta as Record<string, string>
    version = meta.version ?? ''
    expect(made.body).toEqual({
      ...kept,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      meta: {
        resourceType: 'User',
        created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        lastModified: meta.created,
        location: `${scim.base}/Users/${id}`,
        version: expect.stringMatching(/^W\/"\d+"$/),
      },
    })
    expect(made.headers.get('content-type')).toBe('application/scim+json; charset=utf-8')
    expect([made.headers.get('location'), made.headers.get('etag')]).toEqual([meta.location, version])
    expect((await scim.call('GET', `/Users/${id}`)).body).toEqual(made.body)
    const unchanged = await scim.call('GET', `/Users/${id}`, undefined, { 'if-none-match': version })
    expect(unchanged.status).toBe(304)
  })

  test('shows only what is wanted, and always its id and schemas', async () => {
    const show = async (query: string) => (await scim.call('GET', `/Users/${id}?${query}`)).body
    expect(await show('attributes=USERNAME,emails.value,name.familyName')).toEqual({
      schemas: [USER, ENTERPRISE],
      id,
      userName: 'BJensen',
      emails: [{ value: 'bjensen@example.com' }, { value: 'babs@jensen.org' }],
      name: { familyName: 'Jensen' },
    })
    expect(await show(`attributes=${ENTERPRISE}:department`)).toMatchObject({ [ENTERPRISE]: { department: 'Tours' } })
    const less = await show('excludedAttributes=id,emails,name.givenName,meta')
    expect(less).toMatchObject({ id, name: { familyName: 'Jensen' } })
    expect([less.emails, less.meta, (less.name as object) && 'givenName' in (less.name as object)]).toEqual([
      undefined,
      undefined,
      false,
    ])
    expect((await scim.call('GET', `/Users/${id}?attributes=a&excludedAttributes=b`)).status).toBe(400)
  })

  test('becomes assignments of its roles, which a report shows at once', async () => {
    const { tenantId, communityId } = scim.realm
    const path = `/v1/realms/${tenantId}/${communityId}/directory/role_assignment?subjectId=${id}`
    const { body } = await scim.world.call('GET', path)
    const roles = (body as { objects: { name: string; object: { id: string } }[] }).objects
    expect(roles.map(({ name, object }) => [object.id, name])).toEqual([
      ['r-admin', 'Administrator'],
      ['r-help', ''],
    ])
  })

  test('is replaced whole, keeping the roles that stay, and only in the version that was read', async () => {
    const put = (body: object, match: string) => scim.call('PUT', `/Users/${id}`, body, { 'if-match': match })
    const body = { schemas: [USER], userName: 'bjensen', roles: [{ value: 'r-help' }], active: false }
    expect((await put(body, 'W/"999999"')).status).toBe(412)
    const replaced = await put(body, version)
    expect(replaced.status).toBe(200)
    expect(replaced.body).toEqual({
      schemas: [USER],
      id,
      userName: 'bjensen',
      active: false,
      roles: body.roles,
      meta: expect.anything(),
    })
    expect(replaced.headers.get('etag')).not.toBe(version)
    const less = await scim.call('PUT', `/Users/${id}`, { schemas: [USER], userName: 'bjensen', active: false })
    expect(less.body.roles).toBeUndefined()
    expect(less.headers.get('etag')).not.toBe(replaced.headers.get('etag'))
  })

  test('has a name that no other user has, in capitals or not', async () => {
    const again = await scim.call('POST', '/Users', { schemas: [USER], userName: 'BJENSEN' })
    expect([again.status, again.body]).toEqual([
      409,
      { schemas: [ERROR], status: '409', scimType: 'uniqueness', detail: expect.stringContaining('user') },
    ])
  })

  test('is removed, and then not there', async () => {
    expect((await scim.call('DELETE', `/Users/${id}`, undefined, { 'if-match': version })).status).toBe(412)
    expect((await scim.call('DELETE', `/Users/${id}`)).status).toBe(204)
    const gone = await scim.call('GET', `/Users/${id}`)
    expect([gone.status, gone.body]).toEqual([404, { schemas: [ERROR], status: '404', detail: expect.any(String) }])
    expect((await scim.call('DELETE', `/Users/${id}`)).status).toBe(404)
    expect((await scim.call('PUT', `/Users/${id}`, bjensen)).status).toBe(404)
  })
})

test('each change is an event of the stream, in the words of SCIM', async () => {
  const id = await scim.make('/Users', { schemas: [USER], userName: 'told', roles: [{ value: 'teller' }] })
  await scim.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'Dr.' })
  await scim.patch(`/Users/${id}`, { op: 'remove', path: 'roles' })
  await scim.call('DELETE', `/Users/${id}`)
  const { tenantId, communityId } = scim.realm
  const filter = encodeURIComponent(JSON.stringify({ dialect: 'scim', user_id: ['told', id] }))
  const path = `/v1/realms/${tenantId}/${communityId}/events?order=oldest&filter=${filter}`
  const { events } = (await scim.world.call('GET', path)).body as { events: Record<string, unknown>[] }
  const told = events.map(({ action, object_type, object_id, actor_id }) => [action, object_type, object_id, actor_id])
  expect(told.filter(([action]) => action !== 'user.updated')).toEqual([
    ['user.created', 'user', id, 'admin'],
    ['grant.given', 'role', 'teller', 'admin'],
    ['grant.withdrawn', 'role', 'teller', 'admin'],
    ['user.deleted', 'user', id, 'admin'],
  ])
  expect(told).toContainEqual(['user.updated', 'user', id, 'admin'])
})

describe('a list', () => {
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    const people: [string, object][] = [
      [
        'ann',
        { emails: [{ value: 'ann@acme.example', type: 'work', primary: true }], title: 'Engineer', active: true },
      ],
      ['Bob', { emails: [{ value: 'bob@acme.example', type: 'home' }], active: false, externalId: 'Ext-1' }],
      ['čeněk', { name: { familyName: 'Novák' }, roles: [{ value: 'Admin' }], [ENTERPRISE]: { department: 'IT' } }],
      ['dora', { displayName: 'Dora "D" O\'Neil', title: '' }],
    ]
    for (const [userName, more] of people)
      ids[userName] = await scim.make('/Users', { schemas: [USER], userName, ...more })
    await scim.make('/Groups', { displayName: 'Friends', members: [{ value: ids.ann }] })
  })
  const find = async (query: string): Promise<string[]> => {
    const found = await scim.call('GET', `/Users?${query}`)
    expect([query, found.status]).toEqual([query, 200])
    return (found.body.Resources as { userName: string }[]).map(({ userName }) => userName)
  }

  test.each([
    ['userName eq "ANN"', ['ann']],
    ['USERNAME EQ "bob"', ['Bob']],
    [`${USER}:userName sw "D"`, ['dora']],
    ['externalId eq "ext-1"', []],
    ['externalId eq "Ext-1"', ['Bob']],
    ['active eq false', ['Bob']],
    ['active ne false', ['ann', 'čeněk', 'dora']],
    ['title pr', ['ann']],
    ['not (title pr)', ['Bob', 'dora', 'čeněk']],
    ['title eq null', ['Bob', 'dora', 'čeněk']],
    ['emails co "acme"', ['Bob', 'ann']],
    ['emails.type eq "work"', ['ann']],
    ['emails[type eq "home" and value ew "acme.example"]', ['Bob']],
    ['emails[type eq "work" and value sw "bob"]', []],
    ['roles.value eq "Admin"', ['čeněk']],
    ['roles.value eq "admin"', []],
    ['groups.display eq "friends"', ['ann']],
    [`${ENTERPRISE}:department eq "it"`, ['čeněk']],
    ['name.familyName ge "N" and name.familyName le "O"', ['čeněk']],
    ['userName eq "ann" or userName eq "dora" and active eq false', ['ann']],
    ['(userName eq "ann" or userName eq "dora") and not (active eq false)', ['ann', 'dora']],
    ['displayName co "\\"D\\" O\'"', ['dora']],
    ['meta.created gt "2020-01-01T00:00:00Z"', ['Bob', 'ann', 'čeněk', 'dora']],
    ['meta.lastModified lt "2020-01-01T00:00:00Z"', []],
    ['userName ne "ann"', ['Bob', 'čeněk', 'dora']],
  ])('finds by %s', async (filter, expected) => {
    const found = await find(`filter=${encodeURIComponent(filter)}`)
    expect(found.toSorted()).toEqual(expected.toSorted())
  })

  test('tells how many there are, and is read page by page', async () => {
    const page = async (query: string) => (await scim.call('GET', `/Users?${query}`)).body
    const whole = await page('')
    expect(whole).toMatchObject({ schemas: [LIST], totalResults: 4, itemsPerPage: 4, startIndex: 1 })
    const first = await page('startIndex=1&count=3')
    const rest = await page('startIndex=4&count=3')
    expect([first.itemsPerPage, rest.itemsPerPage, rest.totalResults]).toEqual([3, 1, 4])
    expect([...(first.Resources as []), ...(rest.Resources as [])]).toEqual(whole.Resources)
    expect(await page('count=0')).toMatchObject({ totalResults: 4, itemsPerPage: 0, Resources: [] })
    expect(await page('startIndex=-3&count=-1')).toMatchObject({ startIndex: 1, itemsPerPage: 0 })
    expect(await page('startIndex=99')).toMatchObject({ totalResults: 4, Resources: [] })
    const filtered = await page(`filter=${encodeURIComponent('active eq true')}&startIndex=2&count=1`)
    expect(filtered).toMatchObject({ totalResults: 3, itemsPerPage: 1, startIndex: 2 })
    expect((await scim.call('GET', '/Users?count=many')).status).toBe(400)
  })

  test('comes in the order that is asked for', async () => {
    expect(await find('sortBy=userName')).toEqual(['ann', 'Bob', 'dora', 'čeněk'])
    expect(await find('sortBy=userName&sortOrder=descending')).toEqual(['čeněk', 'dora', 'Bob', 'ann'])
    expect((await find('sortBy=emails&sortOrder=descending')).slice(0, 2)).toEqual(['Bob', 'ann'])
    expect(await find('sortBy=meta.created')).toEqual(['ann', 'Bob', 'čeněk', 'dora'])
  })
})
