import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { settingsPage } from '../../src/cli/settings-page.ts'
import { settings } from '../../src/config/settings.ts'

it('docs/settings.md is what the settings say of themselves', () => {
  expect(readFileSync(join(import.meta.dirname, '../../../docs/settings.md'), 'utf8')).toBe(settingsPage())
})

it('every setting has a sentence, and says what it takes', () => {
  for (const { name, about, takes, fallback } of Object.values(settings))
    expect([name, about.endsWith('.'), takes !== '', fallback !== '']).toEqual([name, true, true, true])
})
