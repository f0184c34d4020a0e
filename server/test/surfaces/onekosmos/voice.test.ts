import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspectEvent } from '../../../src/core/json-text.ts'
import { mintRealm } from '../../../src/core/realm.ts'
import { sayEvent, withMembers } from '../../../src/surfaces/onekosmos/voice.ts'

const limits = { bytes: 1e6, depth: 32, keys: 1_000, nameLength: 256 }
const realm = mintRealm('t1', 'c1')
const stored = (raw: string) => ({ raw, event_id: 'e1', event_ts: 1_676_386_800_250, event_name: 'E_X' })
const tail =
  '"event_id":"e1","event_ts":1676386800250,"timestamp":"2023-02-14 15:00:00.250","epoch_time":1676386800,"tenant_id":"t1","community_id":"c1","eventName":"E_X","event_name":"E_X"}'

describe('a stored event', () => {
  it('is told with what the server knows behind what was sent', () => {
    expect(sayEvent(realm, stored('{"type":"event"}'))).toBe(`{"type":"event",${tail}`)
    expect(sayEvent(realm, stored('{}'))).toBe(`{${tail}`)
    expect(sayEvent(realm, stored(' { "a" : 1.0 , "b":"}" } '))).toBe(` { "a" : 1.0 , "b":"}",${tail}`)
  })

  it('keeps what was sent, where and how it was sent', () => {
    const raw =
      '{"epoch_time":"1676386800","event_name":"E_X","z":1e2,"timestamp":"Feb 14, 2023","event_ts":"later","event_id":"e1","tenant_id":"t1","community_id":"c1","eventName":"E_X"}'
    expect(sayEvent(realm, stored(raw))).toBe(raw)
  })

  it('fills in what was sent as null or as nothing', () => {
    const said = sayEvent(realm, stored('{"event_id":null,"timestamp":"","tenant_id":null,"type":"event"}'))
    expect(
      said.startsWith('{"event_id":"e1","timestamp":"2023-02-14 15:00:00.250","tenant_id":"t1","type":"event",'),
    ).toBe(true)
    expect(JSON.parse(said)).toMatchObject({ event_id: 'e1', tenant_id: 't1', type: 'event', eventName: 'E_X' })
  })

  it('of another dialect is told under the realm and name where it is stored', () => {
    expect(JSON.parse(sayEvent(realm, stored('{"tenant_id":"elsewhere","eventName":5}')))).toMatchObject({
      tenant_id: 't1',
      eventName: 'E_X',
    })
  })

  it('loses nothing, whatever was sent', () => {
    const own = new Set([
      'event_id',
      'event_ts',
      'timestamp',
      'epoch_time',
      'tenant_id',
      'community_id',
      'eventName',
      'event_name',
    ])
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 8 }),
        fc.constantFrom(0, 2),
        (event, indent) => {
          const raw = JSON.stringify(event, null, indent)
          fc.pre(inspectEvent(raw, limits).ok)
          const said = JSON.parse(sayEvent(realm, stored(raw)))
          for (const [name, value] of Object.entries(JSON.parse(raw)))
            if (!own.has(name)) expect(said[name]).toEqual(value)
          for (const name of own) expect(Object.hasOwn(said, name)).toBe(true)
        },
      ),
    )
  })
})

describe('members put around an event', () => {
  it('replace sent ones in their place and follow the others', () => {
    expect(withMembers('{"a":1,"b":[2],"c":3}', { b: 'x', d: null })).toBe('{"a":1,"b":"x","c":3,"d":null}')
    expect(withMembers('{}', { a: 1 })).toBe('{"a":1}')
    expect(withMembers('{"a":1}', {})).toBe('{"a":1}')
  })
})
