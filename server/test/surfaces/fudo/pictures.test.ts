import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { predefined } from '../../../src/core/definition.ts'
import { type Area, type Picture, picturesOf, type Word, wordsOf } from '../../pictures.ts'
import { startWorld, type World } from '../../world.ts'
import { fillCompany } from './believable.ts'

const now = Date.UTC(2026, 10, 27, 9, 30)
/** In points; the foot with its page number stands a little lower than the table may. */
const margin = { side: 34, foot: 28 }
/** Of a chart's first series. */
const blue = [0x3b, 0x76, 0xd1] as const
/** Reports whose document has a chart. */
const charted = new Set(['6', '7', '8', '13'])

let world: World
let key: string

beforeAll(async () => {
  world = await startWorld({}, { now: () => now })
  const realm = await world.realm('Globex & Söhne')
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  await world.call('PATCH', path, { timezone: 'Europe/Zurich' })
  await fillCompany(world.call, path, now, 25)
  const made = await world.call('POST', '/v1/keys', {
    kind: 'api',
    name: 'auditor',
    realm,
    user: 'ann.keller',
    roles: ['superadmin'],
  })
  key = (made.body as { secret: string }).secret
})
afterAll(() => world?.[Symbol.asyncDispose]())

const pdfOf = async (definition: string): Promise<Buffer> => {
  const headers = { authorization: key, 'content-type': 'application/json' }
  const body = JSON.stringify({ defined_report_id: definition })
  const made = await fetch(`${world.url}/api/v2/report`, { method: 'POST', headers, body })
  const { report } = (await made.json()) as { report: { id: string } }
  return Buffer.from(await (await fetch(`${world.url}/api/v2/report/${report.id}/pdf`, { headers })).arrayBuffer())
}

const whole = ({ width, height }: Picture): Area => ({ left: 0, top: 0, right: width, bottom: height })

/** The four strips around a page that stay paper. */
const margins = ({ width, height }: Picture): readonly Area[] => [
  { left: 0, top: 0, right: width, bottom: margin.side },
  { left: 0, top: height - margin.foot, right: width, bottom: height },
  { left: 0, top: 0, right: margin.side, bottom: height },
  { left: width - margin.side, top: 0, right: width, bottom: height },
]

/** Words that stand on each other; boxes are as tall as a font's tallest letter, so that lines may touch a little. */
const overlaps = (words: readonly Word[]): readonly string[] =>
  words.flatMap((one, at) =>
    words
      .slice(at + 1)
      .filter(
        (other) =>
          Math.min(one.right, other.right) - Math.max(one.left, other.left) > 0.5 &&
          Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) >
            0.4 * Math.min(one.bottom - one.top, other.bottom - other.top),
      )
      .map((other) => `${one.text} on ${other.text}`),
  )

/** The first word of the table's head on a page, which the rule is drawn below. */
const headOf = (words: readonly Word[], head: string): Word => {
  const found = words.filter(({ text }) => text === head).at(0)
  if (!found) throw new Error(`The page has no ${head}`)
  return found
}

it('leave words whole, however many columns there are', async () => {
  const said = new Set(wordsOf(await pdfOf('5')).flatMap((words) => words.map(({ text }) => text)))
  for (const word of ['Восстановление', 'administrator', 'Subprotocol', 'terminated', 'προσωπικού', '工場設備'])
    expect(said).toContain(word)
})

describe.each(predefined.map(({ id, title }) => ({ id, title })))('the pages of $title', ({ id, title }) => {
  let pictures: readonly Picture[]
  let words: readonly (readonly Word[])[]
  beforeAll(async () => {
    const pdf = await pdfOf(id)
    pictures = picturesOf(pdf)
    words = wordsOf(pdf)
  })

  it('hold something each, and nothing of it stands in the margins or on something else', () => {
    expect(pictures).toHaveLength(words.length)
    for (const [at, picture] of pictures.entries()) {
      expect([picture.width, picture.height]).toEqual([842, 595.5])
      const dark = picture.columns(whole(picture)).reduce((sum, column) => sum + column, 0)
      expect(dark).toBeGreaterThan(1_000)
      for (const area of margins(picture)) expect(picture.isBlank(area)).toBe(true)
      expect(overlaps(words[at] ?? [])).toEqual([])
    }
    expect(
      words[0]
        ?.slice(0, 3)
        .map(({ text }) => text)
        .join(' '),
    ).toContain(title.split(' ').slice(0, 2).join(' '))
  })

  it('are numbered, up to the right margin', () => {
    for (const [at, page] of words.entries()) {
      const number = page.slice(-3)
      expect(number.map(({ text }) => text)).toEqual([String(at + 1), 'of', String(words.length)])
      expect(Math.abs((number.at(-1)?.right ?? 0) - (841.89 - 36))).toBeLessThan(0.1)
    }
  })

  it('repeat the heads of their table at one place', () => {
    const [, second, ...others] = pictures
    if (!second) return expect(pictures).toHaveLength(1)
    const first = words[1]?.[0]
    if (!first) throw new Error('The second page has no words')
    const heads = { left: 36, top: 36, right: second.width - 36, bottom: headOf(words[1] ?? [], first.text).bottom + 4 }
    expect(second.columns(heads).some((dark) => dark > 0)).toBe(true)
    for (const picture of others) expect(picture.dots(heads)).toBe(second.dots(heads))
  })

  it(charted.has(id) ? 'draw a chart in its colours, above the table' : 'draw no chart', () => {
    const [first] = pictures
    if (!first) throw new Error('There is no page')
    const drawn = first.count(whole(first), blue)
    if (!charted.has(id)) return expect(drawn).toBe(0)
    expect(drawn).toBeGreaterThan(5_000)
    const top = Math.max(...(words[0] ?? []).filter(({ text }) => text === 'Sessions').map((one) => one.top))
    expect(first.count({ ...whole(first), top }, blue)).toBe(0)
    for (const picture of pictures.slice(1)) expect(picture.count(whole(picture), blue)).toBe(0)
  })
})
