import { expect, test } from 'vitest'
import { versionOf } from './version.ts'

test('a version is the tag, the commit and the date of the build; without a tag the other two', () => {
  const build = { commit: 'ab12cd3', date: 1_763_760_000 }
  expect(versionOf({ tag: '1.11.7.02', ...build })).toBe('1.11.7.02.ab12cd3.1763760000')
  expect(versionOf({ tag: null, ...build })).toBe('ab12cd3.1763760000')
})
