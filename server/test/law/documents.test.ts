import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { settings } from '../../src/config/settings.ts'
import { createMetrics } from '../../src/observe/metrics.ts'
import { loadReports } from '../../src/reports/index.ts'

const root = join(import.meta.dirname, '../../..')
const markdown = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
const documents = [...markdown('.'), ...markdown('docs'), 'client/README.md']
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')
const held = (file: string, pattern: RegExp): string[] =>
  [...textOf(file).matchAll(pattern)].map((match) => match[1] ?? match[0])

/** The anchor that a heading gets on the page. */
const anchorsOf = (text: string): string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  )

it('every link between the documents leads somewhere', () => {
  for (const file of documents)
    for (const link of held(file, /\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? file : join(dirname(file), path)
      expect([file, link, existsSync(join(root, target))]).toEqual([file, link, true])
      if (anchor !== undefined)
        expect([file, link, anchorsOf(textOf(target))]).toEqual([file, link, expect.arrayContaining([anchor])])
    }
})

it('the documents name no setting that there is not', () => {
  const known = new Set<string>(Object.values(settings).map(({ name }) => name))
  for (const file of documents)
    for (const name of held(file, /\bROLLCALL_[A-Z_]*[A-Z]\b/g))
      expect([file, name, known.has(name)]).toEqual([file, name, true])
})

it('docs/operate.md lists every measurement of our own, and none that there is not', async () => {
  const metrics = createMetrics()
  metrics.gauge({
    depth: async () => ({ events: 0, bytes: 0, oldest: null }),
    setAside: async () => 0,
    childRestarts: () => 0,
    now: () => 0,
  })
  const { text } = await metrics.read()
  const ours = [...text.matchAll(/^# TYPE (rollcall_(?!process_|nodejs_)\w+) /gm)].map((match) => match[1] ?? '')
  expect(ours.length).toBeGreaterThan(5)
  expect([...new Set(held('docs/operate.md', /`(rollcall_[a-z_]*[a-z])`/g))].sort()).toEqual(ours.sort())
})

it('docs/reports.md tells every report, and none that there is not', async () => {
  const [, section = ''] = /^## What there is$([\s\S]*?)^## /m.exec(textOf('docs/reports.md')) ?? []
  const told = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1] ?? '')
  expect(told.sort()).toEqual([...(await loadReports()).keys()].sort())
})
