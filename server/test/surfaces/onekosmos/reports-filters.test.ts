import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { pick, type Sent, type Setting, settle, startReports } from './reports-setting.ts'

const start = Date.now() - 3_600_000
const second = Math.floor(start / 1000)
const events: readonly Sent[] = [
  ['E_A', { n: 1, user_id: 'ada', sp_name: 'payroll', tag: 'x', deep: { er: { n: 1 } }, event_ts: start }],
  ['E_A', { n: 2, user_id: 'bob', sp_id: 'payroll', tag: 7, flag: true, event_ts: start + 1_000 }],
  ['E_B', { n: 3, user_id: 'bob', serviceProvider: 'wiki', tag: null, event_ts: start + 2_000 }],
  ['E_B', { n: 4, eventData: { user_firstname: 'Zoe' }, epoch_time: String(second + 3) }],
  ['E_B', { n: 5, user_firstname: 'Zoe', eventCategory: 'AUDIT_LOG', epoch_time: second + 4 }],
  ['E_C', { n: 6, 'dotted.name': 'x', score: 10.5, event_ts: start + 5_000 }],
]

let world: World
let setting: Setting
beforeAll(async () => {
  world = await startReports('documented')
  setting = await settle(world)
  await setting.send(events)
})
afterAll(() => world[Symbol.asyncDispose]())

const found = async (body: object): Promise<unknown[]> => {
  const reply = await setting.ask('events', body)
  expect([reply.status, reply.text.slice(0, 300)]).toEqual([200, reply.text.slice(0, 300)])
  return pick(reply, 'n')
}
const query = (conditions: object): Promise<unknown[]> => found({ query: conditions })

describe('fields of the body', () => {
  it('filter by either name of the event, and by columns', async () => {
    expect(await found({ eventName: 'E_A' })).toEqual([1, 2])
    expect(await found({ event_name: 'E_A', user_id: 'bob' })).toEqual([2])
    expect(await found({ eventCategory: 'AUDIT_LOG' })).toEqual([5])
  })

  it('filter by any field, whatever its type', async () => {
    expect(await found({ tag: 'x' })).toEqual([1])
    expect(await found({ tag: 7 })).toEqual([2])
    expect(await found({ flag: true })).toEqual([2])
    expect(await found({ flag: false })).toEqual([])
    expect(await found({ score: 10.5 })).toEqual([6])
    expect(await found({ nobody_sent_this: 'x' })).toEqual([])
  })

  it('filter by dotted and nested names, falling back from eventData to the flat event', async () => {
    expect(await found({ 'deep.er.n': 1 })).toEqual([1])
    expect(await found({ deep: { er: { n: 1 } } })).toEqual([1])
    expect(await found({ 'eventData.user_firstname': 'Zoe' })).toEqual([4, 5])
    expect(await query({ 'eventData.user_firstname': 'Zoe', event_name: 'E_B' })).toEqual([4, 5])
    expect(await found({ 'dotted.name': 'x' })).toEqual([6])
  })

  it('filter by any of a list', async () => {
    expect(await found({ user_id: ['ada', 'bob'] })).toEqual([1, 2, 3])
    expect(await found({ tag: ['x', 7] })).toEqual([1, 2])
    expect(await found({ n: [4, 5, 99] })).toEqual([4, 5])
    expect(await found({ n: [] })).toEqual([])
  })

  it('filter by any name of a service provider', async () => {
    expect(await found({ serviceProvider: 'payroll' })).toEqual([1, 2])
    expect(await found({ serviceProvider: ['payroll', 'wiki'] })).toEqual([1, 2, 3])
  })

  it('never reach out of the realm', async () => {
    expect(await found({ tenant_id: setting.realm.tenantId })).toHaveLength(6)
    expect(await found({ tenant_id: 'another' })).toEqual([])
    expect(await query({ $or: [{ community_id: 'another' }, { tenant_id: { $ne: 'x' } }] })).toHaveLength(6)
  })
})

describe('the query object', () => {
  it('compares', async () => {
    expect(await query({ n: { $gt: 2, $lte: 5 } })).toEqual([3, 4, 5])
    expect(await query({ n: { $gte: 5 } })).toEqual([5, 6])
    expect(await query({ n: { $lt: 2 } })).toEqual([1])
    expect(await query({ score: { $gt: 10 } })).toEqual([6])
    expect(await query({ user_id: { $gt: 'ada' } })).toEqual([2, 3])
    expect(await query({ n: { $eq: 3 } })).toEqual([3])
    expect(await query({ n: { $in: [1, 6] } })).toEqual([1, 6])
  })

  it('negates, so that an event without the field is one that differs', async () => {
    expect(await query({ user_id: { $ne: 'bob' } })).toEqual([1, 4, 5, 6])
    expect(await query({ tag: { $ne: 'x' } })).toEqual([2, 3, 4, 5, 6])
    expect(await query({ n: { $nin: [1, 2, 3] } })).toEqual([4, 5, 6])
    expect(await query({ n: { $not: { $gt: 1 } } })).toEqual([1])
    expect(await query({ $not: { event_name: 'E_A' } })).toEqual([3, 4, 5, 6])
  })

  it('asks whether a field is there', async () => {
    expect(await query({ flag: { $exists: true } })).toEqual([2])
    expect(await query({ user_id: { $exists: false } })).toEqual([4, 5, 6])
    expect(await query({ user_id: null })).toEqual([4, 5, 6])
    expect(await query({ score: null })).toEqual([1, 2, 3, 4, 5])
  })

  it('combines', async () => {
    expect(await query({ $or: [{ n: 1 }, { $and: [{ event_name: 'E_B' }, { n: { $gt: 4 } }] }] })).toEqual([1, 5])
    expect(await found({ event_name: 'E_B', query: { n: { $lt: 5 } } })).toEqual([3, 4])
  })

  it('compares the time of the event, whichever way it was sent', async () => {
    expect(await query({ event_ts: { $gte: start + 1_000, $lt: start + 3_000 } })).toContain(2)
    expect(await query({ event_ts: start + 1_000 })).toEqual([2])
    expect(await query({ epoch_time: String(second + 3) })).toContain(4)
    expect(await query({ epoch_time: second + 4 })).toContain(5)
    const later = new Date(start + 4_500).toISOString().replace('T', ' ').replace('Z', '')
    expect(await query({ timestamp: { $gt: later } })).toEqual([6])
  })
})
