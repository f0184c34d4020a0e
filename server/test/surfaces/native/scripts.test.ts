import { expect, it } from 'vitest'
import { type Picture, picturesOf, wordsOf } from '../../pictures.ts'
import { adminKey, startWorld } from '../../world.ts'

/** Letters of each script that look like no other of it; a sign that no font has stands for what is missing. */
const letters = {
  Latin: ['a', 'ß', 'Ž', 'ő', 'ệ', 'Ø'],
  Cyrillic: ['Ж', 'ю', 'щ', 'ѓ', 'Ї', 'Ө'],
  Greek: ['Σ', 'ψ', 'ώ', 'Ξ', 'ξ', 'ΐ'],
  Han: ['王', '明', '龍', '鬱', '々', '圳'],
  Kana: ['た', 'ろ', 'ヴ', 'ん', 'ぷ', 'ッ'],
  Hangul: ['김', '뷁', '준', '한', '글', '힣'],
  Arabic: ['م', 'ح', 'ع', 'ق', 'ش', 'پ'],
} as const
const missing = '\u{1f600}'
const joined = ['محمد', 'عبدالله', 'فاطمة', 'اب', 'با']

const said = [...Object.values(letters).flat(), missing, ...joined, 'م ح م د']

/** The pictures of the cells of a column of names, one for each text, found by the row's own number beside it. */
const drawn = async (): Promise<
  ReadonlyMap<string, { readonly dots: string; readonly columns: readonly number[] }>
> => {
  await using world = await startWorld()
  const realm = await world.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  const events = said.map((user_id, at) => ({ event_name: 'login.attempt', user_id, application: `row-${at}` }))
  expect((await world.call('POST', `${path}/events`, events)).body).toMatchObject({ accepted: said.length })
  const answer = await fetch(`${world.url}${path}/reports/application-usage?format=pdf`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}` },
  })
  const pdf = Buffer.from(await answer.arrayBuffer())
  const pictures = picturesOf(pdf)
  const cells = wordsOf(pdf).flatMap((words, page) => {
    const user = words.filter(({ text }) => text === 'User').at(-1)
    const latest = words.filter(({ text }) => text === 'Latest').at(-1)
    return words.flatMap(({ text, top, bottom }) => {
      const [, at] = /^row-(\d+)$/.exec(text) ?? []
      // Labels of the chart's bars stand far above.
      if (at === undefined || !user || !latest || top < user.top) return []
      const area = { left: user.left - 2, right: latest.left - 4, top: top - 1, bottom: bottom + 1 }
      const picture = pictures[page] as Picture
      return [[said[Number(at)] ?? '', { dots: picture.dots(area), columns: picture.columns(area) }] as const]
    })
  })
  return new Map(cells)
}

/** From the first to the last column with ink. */
const inked = (columns: readonly number[]): readonly number[] => {
  const has = columns.map((dark) => dark > 0)
  return columns.slice(has.indexOf(true), has.lastIndexOf(true) + 1)
}

it('letters of five scripts are drawn, each in its own shape, and Arabic is joined from right to left', async () => {
  const cells = await drawn()
  expect([...cells.keys()].sort()).toEqual([...said].sort())
  const shapeOf = (text: string): readonly number[] => inked(cells.get(text)?.columns ?? [])
  const box = shapeOf(missing).join()
  for (const [script, all] of Object.entries(letters)) {
    for (const letter of all) {
      const shape = shapeOf(letter)
      expect(shape.length, `${letter} is drawn`).toBeGreaterThan(2)
      expect(shape.join(), `${letter} is no sign for what is missing`).not.toBe(box)
    }
    // The boxes of missing glyphs would be all alike.
    expect(new Set(all.map((letter) => shapeOf(letter).join())).size, script).toBe(all.length)
  }
  const gaps = (text: string): number =>
    shapeOf(text).filter((dark, at, every) => dark === 0 && every[at - 1] !== 0).length
  expect(gaps('محمد')).toBe(0)
  expect(gaps('م ح م د')).toBe(3)
  /** Where the tallest stroke stands: at 0 the left end, at 1 the right. */
  const tallest = (text: string): number => {
    const shape = shapeOf(text)
    return shape.indexOf(Math.max(...shape)) / shape.length
  }
  // Alif is the tall stroke: read first it stands at the right, read last at the left.
  expect(tallest('اب')).toBeGreaterThan(0.7)
  expect(tallest('با')).toBeLessThan(0.3)
})
