import { expect, it } from 'vitest'
import type { EventDraft } from '../../core/event.ts'
import { mintRealm } from '../../core/realm.ts'
import { createNoteLog, noteBroken, noteSetAside } from './note-log.ts'

const realm = mintRealm('t', 'c')

it('writes entries of the event log as events, tells of what was set aside but not of its own entries, and throws nothing', async () => {
  const told: EventDraft[] = []
  const logged: string[] = []
  let full = false
  const note = createNoteLog(
    async (_principal, _realm, drafts) => {
      if (full) throw new Error('full')
      told.push(...drafts)
      return []
    },
    (_level, message) => logged.push(message),
  )
  await noteSetAside(note)(realm, '{"event_id":"e1","event_name":"login"}', 'too deep')
  await noteSetAside(note)(realm, '{"event_id":"e2","event_name":"event-log.create"}', 'too deep')
  full = true
  await note(realm, 'Error', 'no room')
  expect(told).toEqual([
    {
      dialect: 'passport',
      event_name: 'event-log.create',
      found: { object_type: 'Error' },
      raw: '{"type":"event-log.create","message":"The event e1 (login) was set aside, since the store refuses it: too deep"}',
    },
  ])
  expect(logged).toEqual(['An entry of the event log could not be written'])
})

it('tells of a request that failed once a minute, and of none whose realm is not there', async () => {
  const told: string[] = []
  let at = 0
  const broke = noteBroken(
    async (_realm, type, message) => {
      told.push(`${type}: ${message}`)
    },
    async (tenantId) => {
      if (tenantId !== 't') throw new Error('unknown')
      return realm
    },
    () => at,
  )
  broke(realm, 'GET /api/report/login', 'r-1')
  broke(realm, 'GET /api/report/login', 'r-2')
  broke(realm, 'GET /api/report/totals', 'r-3')
  broke({ tenantId: 'nobody', communityId: 'c' }, 'GET /api/report/login', 'r-4')
  at = 60_000
  broke(realm, 'GET /api/report/login', 'r-5')
  await new Promise(setImmediate)
  expect(told).toEqual([
    "Error: GET /api/report/login failed on the server's side; its log has more under r-1",
    "Error: GET /api/report/totals failed on the server's side; its log has more under r-3",
    "Error: GET /api/report/login failed on the server's side; its log has more under r-5",
  ])
})
