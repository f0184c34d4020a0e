import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { rowsOf, type Setting, settle, startReports } from './reports-setting.ts'

interface Told {
  readonly name: string
  readonly user_id: string | undefined
  readonly person_id: string | undefined
  readonly serviceProvider: string | undefined
  readonly sp_name: string | undefined
  readonly sp_id: string | undefined
  readonly event_ts: number
}

const start = Date.now() - 86_400_000
const few = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 4 })
const told: fc.Arbitrary<Told> = fc.record(
  {
    name: fc.constantFrom('E_LOGIN_ATTEMPT', 'E_LOGIN_SUCCEEDED', 'E_SP_REDIRECT_SUCCEEDED', 'E_LOGIN_FAILED'),
    user_id: few('ada', 'bob', 'Bob', 'o’neil'),
    person_id: few('p1', 'p2', 'p3'),
    serviceProvider: few('payroll', 'wiki'),
    sp_name: few('wiki', 'mail'),
    sp_id: few('7'),
    // Few instants, so that many events share one.
    event_ts: fc.integer({ min: 0, max: 12 }).map((step) => start + step * 1_000),
  },
  { noNullPrototype: true },
)

type Asked = Record<string, unknown>
const compare = (a: unknown, b: unknown): number => {
  const [left, right] = [a, b].map((value) => (typeof value === 'number' ? value : Buffer.from(String(value ?? ''))))
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return Buffer.compare(left as Buffer, right as Buffer)
}
const byFields =
  (...names: string[]) =>
  (a: Asked, b: Asked): number =>
    names.map((name) => compare(a[name], b[name])).find((order) => order !== 0) ?? 0

const groups = (events: readonly Told[], keyOf: (event: Told) => string): Told[][] => [
  ...Map.groupBy(events, keyOf).values(),
]
const times = (group: readonly Told[]): readonly [number, number | null] => {
  const [latest = 0, before = null] = group.map((event) => event.event_ts).sort((a, b) => b - a)
  return [latest, before]
}
const provider = (event: Told): string | undefined => event.serviceProvider ?? event.sp_name ?? event.sp_id
const named = (events: readonly Told[], name: string): Told[] =>
  events.filter((event) => event.name === name && event.user_id !== undefined)

/** What the documents say each report is, computed plainly. */
const models: Record<string, (events: readonly Told[]) => Asked[]> = {
  application_usage_report: (events) =>
    groups(named(events, 'E_LOGIN_ATTEMPT'), (event) => JSON.stringify([provider(event), event.user_id]))
      .map((group) => {
        const [latest_login, last_login] = times(group)
        const persons = new Set(group.flatMap((event) => event.person_id ?? []))
        const serviceProvider = (group[0] && provider(group[0])) ?? null
        return { serviceProvider, user_id: group[0]?.user_id, latest_login, last_login, person_id_count: persons.size }
      })
      .sort(byFields('latest_login', 'serviceProvider', 'user_id')),
  passwordless_login_activity_report: (events) =>
    groups(named(events, 'E_SP_REDIRECT_SUCCEEDED'), (event) => event.user_id ?? '')
      .map((group) => {
        const [latest_login, last_login] = times(group)
        return { user_id: group[0]?.user_id, latest_login, last_login }
      })
      .sort(byFields('latest_login', 'user_id')),
  service_usage_report: (events) =>
    groups(named(events, 'E_LOGIN_SUCCEEDED'), (event) => event.user_id ?? '')
      .map((group) => ({ user_id: group[0]?.user_id, login_count: group.length, last_login: times(group)[0] }))
      .sort(byFields('last_login', 'user_id')),
}

let world: World
beforeAll(async () => {
  world = await startReports('documented')
})
afterAll(() => world[Symbol.asyncDispose]())

const allPages = async (setting: Setting, name: string, pSize: number): Promise<Asked[]> => {
  const rows: Asked[] = []
  for (;;) {
    const reply = await setting.ask(name, { pSize, pIndex: rows.length })
    const { total } = (reply.json as { page: { total: number } }).page
    const page = rowsOf(reply)
    rows.push(...page)
    expect(page.length).toBeLessThanOrEqual(pSize)
    if (page.length === 0 || rows.length >= total) {
      expect(rows.length).toBe(total)
      return rows
    }
  }
}

it('sums up as a plain computation does, page by page, whatever was sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(told, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 2, max: 7 }),
      async (events, pSize) => {
        const setting = await settle(world)
        await setting.send(events.map(({ name, ...event }) => [name, event]))
        for (const [name, model] of Object.entries(models))
          expect(await allPages(setting, name, pSize)).toEqual(model(events))
      },
    ),
    { numRuns: 8, endOnFailure: true },
  )
})
