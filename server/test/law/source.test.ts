import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const files = ['server/src', 'client/src', 'bench']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name) && !/\.gen\.ts$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
const holding = (pattern: RegExp, within = ''): readonly string[] =>
  files
    .map((file) => relative(root, file))
    .filter((file) => file.startsWith(within) && pattern.test(readFileSync(join(root, file), 'utf8')))

it('reads the environment in one file', () => {
  expect(holding(/process\.env/, 'server/src/')).toEqual(['server/src/config/load.ts'])
})

it('mints realms only where their existence was just established', () => {
  const minting = holding(/\bmintRealm\(/, 'server/src/').filter((file) => !/\.test\.ts$/.test(file))
  for (const file of minting) expect(file).toMatch(/^server\/src\/storage\/control\//)
  expect(minting.length).toBeGreaterThan(0)
})

it('keeps every file short enough to read', () => {
  const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 400)
  expect(long.map((file) => relative(root, file))).toEqual([])
})

it('silences no check', () => {
  expect(
    holding(/(: any\b|as any\b|@ts-ignore|@ts-expect-error|biome-ignore|\b(it|test|describe)\.(skip|only|todo)\b)/),
  ).toEqual([])
})

it('writes nothing to the log but sentences with named fields', () => {
  expect(
    holding(/console\.(log|error|warn)/, 'server/src/').filter((file) => !file.startsWith('server/src/cli/')),
  ).toEqual([])
})
