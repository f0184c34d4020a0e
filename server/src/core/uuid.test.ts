import { expect, it } from 'vitest'
import type { Realm } from './realm.ts'
import { isUuid, realmUuid, uuidOf } from './uuid.ts'

const realm = { tenantId: 'globex', communityId: 'main' } as Realm

it('keeps an id that is a UUID, in small letters', () => {
  expect(uuidOf(realm, '25A872DA-bb44-4af8-a43d-e7bcb5351ebc')).toBe('25a872da-bb44-4af8-a43d-e7bcb5351ebc')
})

it('makes a version 5 of realm and id of any other, always the same', () => {
  // Python's uuid5 of the namespace and '6:globex/main wiki', and of '6:globex/main'.
  expect(uuidOf(realm, 'wiki')).toBe('08843d63-2955-50df-bca7-3d483dcdae45')
  expect(realmUuid(realm)).toBe('752b2516-0862-5467-984b-a417ba3bb0ee')
  expect(isUuid(uuidOf(realm, ''))).toBe(true)
  expect(uuidOf({ ...realm, communityId: 'other' } as Realm, 'wiki')).not.toBe(uuidOf(realm, 'wiki'))
})

it('knows a UUID by its form', () => {
  const good = ['25a872da-bb44-4af8-a43d-e7bcb5351ebc', '00000000-0000-0000-0000-000000000000']
  const bad = ['', '12345', '25a872dabb444af8a43de7bcb5351ebc', '25a872da-bb44-4af8-a43d-e7bcb5351ebg', ' 25a872da']
  expect([good.map(isUuid), bad.map(isUuid)]).toEqual([good.map(() => true), bad.map(() => false)])
})
