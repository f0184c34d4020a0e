import { expect, it } from 'vitest'
import type { EventDraft } from '../core/event.ts'
import { mintRealm } from '../core/realm.ts'
import { createNoteLog, noteSetAside } from './note-log.ts'

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
