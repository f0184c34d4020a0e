import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENTERPRISE, GROUP, PATCH, type Setting, startScim, USER } from './setting.ts'

let scim: Setting
beforeAll(async () => {
  scim = await startScim()
})
afterAll(() => scim[Symbol.asyncDispose]())

let users = 0
const user = (more: object = {}): Promise<string> =>
  scim.make('/Users', { schemas: [USER], userName: `user${++users}`, ...more })

describe('a change of a user', () => {
  const emails = [
    { value: 'a@work.example', type: 'work', primary: true },
    { value: 'a@home.example', type: 'home' },
  ]
  const full = { emails, displayName: 'A', active: true, name: { givenName: 'A', familyName: 'B' } }
  test.each<[string, object[], object]>([
    ['replaces a value', [{ op: 'replace', path: 'displayName', value: 'New' }], { displayName: 'New' }],
    ['heeds no case in op and path', [{ op: 'Replace', path: 'DISPLAYNAME', value: 'New' }], { displayName: 'New' }],
    [
      'says several attributes without a path',
      [{ op: 'add', value: { title: 'Dr.', nickName: 'x', unknown: 1 } }],
      { title: 'Dr.', nickName: 'x', displayName: 'A' },
    ],
    [
      'takes dotted names without a path',
      [{ op: 'replace', value: { 'name.familyName': 'C' } }],
      { name: { givenName: 'A', familyName: 'C' } },
    ],
    ['takes true and false as text', [{ op: 'Replace', path: 'active', value: 'False' }], { active: false }],
    ['removes a value', [{ op: 'remove', path: 'name.givenName' }], { name: { familyName: 'B' } }],
    ['removes an attribute', [{ op: 'remove', path: 'emails' }], { emails: undefined }],
    ['removes what null says', [{ op: 'replace', path: 'displayName', value: null }], { displayName: undefined }],
    [
      'finds one of a list',
      [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'b@home.example' }],
      { emails: [emails[0], { value: 'b@home.example', type: 'home' }] },
    ],
    [
      'finds one by a text with a colon and a dot',
      [{ op: 'remove', path: 'emails[value eq "a@home.example"]' }],
      { emails: [emails[0]] },
    ],
    [
      'adds one that its filter describes',
      [{ op: 'add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1' }],
      { phoneNumbers: [{ type: 'mobile', value: '+1' }] },
    ],
    [
      'adds to a list, once',
      [{ op: 'add', path: 'emails', value: [emails[1], { value: 'c@x.example' }] }],
      { emails: [...emails, { value: 'c@x.example' }] },
    ],
    [
      'lets a new primary one take over',
      [{ op: 'add', path: 'emails', value: { value: 'p@x.example', primary: true } }],
      { emails: [{ ...emails[0], primary: false }, emails[1], { value: 'p@x.example', primary: true }] },
    ],
    [
      'gives and takes roles',
      [
        { op: 'add', path: 'roles', value: [{ value: 'r1' }, { value: 'r2' }] },
        { op: 'remove', path: 'roles[value eq "r1"]' },
      ],
      { roles: [{ value: 'r2' }] },
    ],
    [
      'reaches an extension by path',
      [{ op: 'add', path: `${ENTERPRISE}:manager.value`, value: 'm' }],
      { [ENTERPRISE]: { manager: { value: 'm' } } },
    ],
    [
      'reaches an extension by object',
      [{ op: 'replace', value: { [ENTERPRISE]: { department: 'IT' } } }],
      { [ENTERPRISE]: { department: 'IT' } },
    ],
    [
      'removes an extension',
      [
        { op: 'add', path: `${ENTERPRISE}:department`, value: 'IT' },
        { op: 'remove', path: ENTERPRISE },
      ],
      { [ENTERPRISE]: undefined, schemas: [USER] },
    ],
    [
      'removes what is not there',
      [
        { op: 'remove', path: 'title' },
        { op: 'remove', path: 'phoneNumbers[type eq "fax"]' },
      ],
      { title: undefined },
    ],
  ])('%s', async (_, operations, expected) => {
    const id = await user(full)
    const changed = await scim.patch(`/Users/${id}`, ...operations)
    expect([changed.status, changed.body.detail]).toEqual([200, undefined])
    for (const [name, value] of Object.entries(expected)) expect([name, changed.body[name]]).toEqual([name, value])
    expect((await scim.call('GET', `/Users/${id}`)).body).toEqual(changed.body)
  })

  test.each<[object[] | object, string]>([
    [[{ op: 'replace', path: 'nothing', value: 1 }], 'invalidPath'],
    [[{ op: 'replace', path: 'name.nothing', value: 1 }], 'invalidPath'],
    [[{ op: 'replace', path: '__proto__.polluted', value: 'x' }], 'invalidPath'],
    [[{ op: 'replace', path: 'constructor', value: 'x' }], 'invalidPath'],
    [[{ op: 'replace', path: 'emails[type eq "x"', value: 'x' }], 'invalidPath'],
    [[{ op: 'replace', path: 'userName[type eq "x"]', value: 'x' }], 'invalidPath'],
    [[{ op: 'replace', path: 'emails[nothing eq "x"].value', value: 'x' }], 'invalidFilter'],
    [[{ op: 'replace', path: 'emails[type eq].value', value: 'x' }], 'invalidFilter'],
    [[{ op: 'replace', path: 'emails[type eq "fax"].value', value: 'x' }], 'noTarget'],
    [[{ op: 'remove' }], 'noTarget'],
    [[{ op: 'replace', path: 'id', value: 'x' }], 'mutability'],
    [[{ op: 'replace', path: 'meta.version', value: 'x' }], 'mutability'],
    [[{ op: 'add', path: 'groups', value: [{ value: 'x' }] }], 'mutability'],
    [[{ op: 'add', path: 'title' }], 'invalidValue'],
    [[{ op: 'add', value: 'x' }], 'invalidValue'],
    [[{ op: 'replace', path: 'active', value: 'perhaps' }], 'invalidValue'],
    [[{ op: 'replace', path: 'title', value: { a: 1 } }], 'invalidValue'],
    [[{ op: 'remove', path: 'userName' }], 'invalidValue'],
    [[{ op: 'move', path: 'title', value: 'x' }], 'invalidSyntax'],
    [['x'] as unknown as object[], 'invalidSyntax'],
    [[], 'invalidSyntax'],
    [{ Operations: [{ op: 'add', path: 'title', value: 'x' }] }, 'invalidSyntax'],
  ])('%o is refused as %s, and nothing is changed', async (sent, scimType) => {
    const id = await user({ emails: [{ value: 'x@x.example', type: 'work' }] })
    const before = (await scim.call('GET', `/Users/${id}`)).body
    const body = Array.isArray(sent) ? { schemas: [PATCH], Operations: sent } : sent
    const refused = await scim.call('PATCH', `/Users/${id}`, body)
    expect([refused.status, refused.body.scimType]).toEqual([400, scimType])
    expect((await scim.call('GET', `/Users/${id}`)).body).toEqual(before)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('many at once are all there afterwards', async () => {
    const id = await user()
    const add = (at: number) => scim.patch(`/Users/${id}`, { op: 'add', path: 'roles', value: [{ value: `r${at}` }] })
    const answers = await Promise.all(Array.from({ length: 4 }, (_, at) => add(at)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const { roles } = (await scim.call('GET', `/Users/${id}`)).body as { roles: { value: string }[] }
    expect(roles.map(({ value }) => value).sort()).toEqual(['r0', 'r1', 'r2', 'r3'])
  })
})

describe('a group', () => {
  let group: string
  const ids: string[] = []
  const members = async () => {
    const { body } = await scim.call('GET', `/Groups/${group}`)
    return ((body.members ?? []) as { value: string }[]).map(({ value }) => value).sort()
  }
  beforeAll(async () => {
    for (let at = 0; at < 3; at++) ids.push(await user())
    ids.sort()
    group = await scim.make('/Groups', { schemas: [GROUP], displayName: 'Team', members: [{ value: ids[0] }] })
  })

  test('shows its members, and its members show it', async () => {
    const { body } = await scim.call('GET', `/Groups/${group}`)
    expect(body).toMatchObject({
      schemas: [GROUP],
      displayName: 'Team',
      members: [{ value: ids[0], $ref: `${scim.base}/Users/${ids[0]}`, type: 'User' }],
      meta: { resourceType: 'Group', location: `${scim.base}/Groups/${group}` },
    })
    expect((await scim.call('GET', `/Users/${ids[0]}`)).body.groups).toEqual([
      { value: group, $ref: `${scim.base}/Groups/${group}`, display: 'Team', type: 'direct' },
    ])
    const brief = await scim.call('GET', `/Groups/${group}?excludedAttributes=members`)
    expect(brief.body.members).toBeUndefined()
  })

  test('takes members in and lets them go, in each of the forms that clients send', async () => {
    const value = [{ value: ids[1] }, { value: ids[2], display: 'x' }, { value: ids[0] }]
    await scim.patch(`/Groups/${group}`, { op: 'Add', path: 'members', value })
    expect(await members()).toEqual(ids)
    await scim.patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${ids[2]}"]` })
    expect(await members()).toEqual(ids.slice(0, 2))
    await scim.patch(`/Groups/${group}`, { op: 'Remove', path: 'members', value: [{ value: ids[0] }] })
    expect(await members()).toEqual([ids[1]])
    await scim.patch(`/Groups/${group}`, {
      op: 'replace',
      value: { displayName: 'Crew', members: [{ value: ids[2] }] },
    })
    expect(await members()).toEqual([ids[2]])
    await scim.patch(`/Groups/${group}`, { op: 'remove', path: 'members' })
    expect(await members()).toEqual([])
  })

  test('may hold groups, never what is not there nor itself, and is found by its members', async () => {
    const outer = await scim.make('/Groups', { displayName: 'Outer', members: [{ value: group }] })
    expect((await scim.call('GET', `/Groups/${outer}`)).body.members).toMatchObject([{ value: group, type: 'Group' }])
    for (const value of ['nobody', outer]) {
      const refused = await scim.patch(`/Groups/${outer}`, { op: 'add', path: 'members', value: [{ value }] })
      expect([refused.status, refused.body.scimType]).toEqual([400, 'invalidValue'])
    }
    const filter = encodeURIComponent(`members.value eq "${group}" and displayName eq "outer"`)
    const found = await scim.call('GET', `/Groups?filter=${filter}&attributes=displayName`)
    expect(found.body.Resources).toEqual([{ schemas: [GROUP], id: outer, displayName: 'Outer' }])
    expect((await scim.call('DELETE', `/Groups/${group}`)).status).toBe(204)
    expect((await scim.call('GET', `/Groups/${outer}`)).body.members).toBeUndefined()
  })
})
