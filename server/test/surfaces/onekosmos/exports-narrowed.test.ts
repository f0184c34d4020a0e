import { afterAll, beforeAll, expect, test } from 'vitest'
import type { World } from '../../world.ts'
import { download, fileOf } from './downloads-setting.ts'
import { minutesAgo, type Setting, settle, startReports } from './reports-setting.ts'

let world: World
let setting: Setting
const put = async (path: string, body: object): Promise<void> => {
  const { tenantId, communityId } = setting.realm
  const { status } = await world.call('PUT', `/v1/realms/${tenantId}/${communityId}/directory/${path}`, body)
  expect([path, status]).toEqual([path, 201])
}
beforeAll(async () => {
  world = await startReports('documented')
  setting = await settle(world)
  await put('user/u1', { name: 'ann', display: 'Ann Lee', attributes: { email: 'ann@acme.example' } })
  await put('user/u2', { name: 'bob', display: 'Bob Ray' })
  const owner = (id: string) => ({ subject: { kind: 'user', id } })
  await put('hardware_token/t1', { name: 'SN-001', attributes: { type: 'YubiKey' }, ...owner('u1') })
  await put('hardware_token/t2', { name: 'SN-002', attributes: { type: 'OATH' }, ...owner('u2') })
  await put('hardware_token/t3', { name: 'SN-003', attributes: { type: 'OATH' } })
  const assign = (id: string, user: string, role: string, name: string) =>
    put(`role_assignment/${id}`, { name, ...owner(user), object: { kind: 'role', id: role } })
  await assign('a1', 'u1', 'r1', 'Administrator')
  await assign('a2', 'u2', 'r1', 'Administrator')
  await assign('a3', 'u2', 'r2', '')
  await setting.send([['E_LOGIN_SUCCEEDED', { user_id: 'ann', timestamp: '2026-01-02 03:04:05.678' }]])
  const user = (username: string, firstname: string, Lastname: string) => ({ username, firstname, Lastname })
  const begun = (id: string, days: number, more: object) =>
    [
      'E_IDV_INITIALIZATION',
      { sessionId: id, SessionInfo: { id, ...more }, timestamp: minutesAgo(60 * 24 * days + 5) },
    ] as const
  await setting.send([
    begun('s-1', 1, { status: 'COMPLETED_PASS', documentType: 'dl_object', user: user('ann', 'Ann', 'Lee') }),
    begun('s-2', 2, { status: 'COMPLETED_FAILED', documentType: 'ppt_object', user: user('bob', 'Bob', 'Ray') }),
    begun('s-3', 3, { status: 'DECLINED', documentType: 'idcard_object', user: user('ann', 'Ann', 'Lee') }),
    begun('s-old', 120, {
      status: 'COMPLETED_NOT_PERFORMED',
      documentType: 'dl_object',
      user: user('ann', 'Ann', 'Lee'),
    }),
  ])
})
afterAll(() => world[Symbol.asyncDispose]())

/** The first cell of each record of the file that an export makes. */
const made = async (name: string, body: object): Promise<string[]> => {
  const reply = await setting.ask(name, { ...body, download })
  expect([name, reply.status]).toEqual([name, 201])
  const lines = (await fileOf(setting, reply)).trimEnd().split('\r\n')
  return lines.slice(1).map((line) => JSON.parse(line.slice(0, line.indexOf(','))) as string)
}

test('hardware tokens are found by a part of their serial, type or user, in capitals or not', async () => {
  const tokens = (searchStr?: string) =>
    made('hardwaretokens_export', {
      reports_type: 'hardware_tokens',
      ...(searchStr === undefined ? {} : { query: { searchStr } }),
    })
  expect(await tokens()).toEqual(['SN-001', 'SN-002', 'SN-003'])
  expect(await tokens('n-003')).toEqual(['SN-003'])
  expect(await tokens('oat')).toEqual(['SN-002', 'SN-003'])
  expect(await tokens('ann')).toEqual(['SN-001'])
  expect(await tokens('nobody')).toEqual([])
  const users = { reports_type: 'user_hardwaretokens', query: { searchStr: 'BOB' } }
  expect(await made('hardwaretokens_export', users)).toEqual(['bob'])
})

test('verification sessions are narrowed by each field of the query, and by all of them at once', async () => {
  const sessions = (query?: object) => made('verification_sessions_report', query === undefined ? {} : { query })
  // Of the last 30 days unless said.
  expect((await sessions()).toSorted()).toEqual(['s-1', 's-2', 's-3'])
  expect(await sessions({ id: 's-2' })).toEqual(['s-2'])
  expect(await sessions({ status: 'DECLINED' })).toEqual(['s-3'])
  expect(await sessions({ documentType: 'ppt_object' })).toEqual(['s-2'])
  expect((await sessions({ name: 'nn le' })).toSorted()).toEqual(['s-1', 's-3'])
  expect(await sessions({ name: 'nn le', documentType: 'dl_object' })).toEqual(['s-1'])
  expect(await sessions({ name: 'nn le', documentType: 'ppt_object' })).toEqual([])
  // As long ago as one likes.
  const startDate = minutesAgo(60 * 24 * 200)
  expect((await sessions({ startDate })).toSorted()).toEqual(['s-1', 's-2', 's-3', 's-old'])
  expect(await sessions({ startDate, endDate: minutesAgo(60 * 24 * 100) })).toEqual(['s-old'])
})

test('role assignments are those of the roles and role ids that are named, of all without any, of none that is unknown', async () => {
  const told = async (body: object) => (await setting.ask('role_assignment', { ...body, data_now: true })).text
  const at = /"assigned_at":\d+/g
  const admin = '"role":"Administrator","role_id":"r1"'
  const ann = `{${admin},"user_id":"ann","name":"Ann Lee","email":"ann@acme.example","status":"active","assigned_at":0,"latest_login":1767323045678}`
  const bob = `{${admin},"user_id":"bob","name":"Bob Ray","email":"","status":"active","assigned_at":0,"latest_login":null}`
  const other =
    '{"role":"r2","role_id":"r2","user_id":"bob","name":"Bob Ray","email":"","status":"active","assigned_at":0,"latest_login":null}'
  const page = (total: number) => `"page":{"total":${total},"pSize":25,"pIndex":0}`
  const rows = async (body: object) => (await told(body)).replaceAll(at, '"assigned_at":0')
  expect(await rows({})).toBe(`{${page(3)},"data":[${ann},${bob},${other}]}`)
  expect(await rows({ roles: ['Administrator'] })).toBe(`{${page(2)},"data":[${ann},${bob}]}`)
  expect(await rows({ roleIds: ['r2'] })).toBe(`{${page(1)},"data":[${other}]}`)
  expect(await rows({ roles: ['Administrator'], roleIds: ['r2'] })).toBe(`{${page(3)},"data":[${ann},${bob},${other}]}`)
  expect(await rows({ roles: ['nobody has it'] })).toBe(`{${page(0)},"data":[]}`)
  expect(await rows({ roleIds: ['none'] })).toBe(`{${page(0)},"data":[]}`)
})
