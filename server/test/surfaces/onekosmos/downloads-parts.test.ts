import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { native, pathOf } from '../../journeys/native.ts'
import { type Mailbox, startMailbox } from '../../smtp.ts'
import { until } from '../../until.ts'
import type { World } from '../../world.ts'
import { download, ended, jobIdOf } from './downloads-setting.ts'
import { type Setting, settle, startReports } from './reports-setting.ts'

const RECORDS = 5_003
const start = Date.now() - 3_600_000

/** One more than so many thousand events, a millisecond apart, each with its number. */
const sendAll = async (world: World, setting: Setting): Promise<void> => {
  const call = native(world.url)
  for (let from = 0; from < RECORDS; from += 1_000) {
    const events = Array.from({ length: Math.min(1_000, RECORDS - from) }, (_, at) => ({
      event_name: 'login',
      event_id: `e${from + at}`,
      timestamp: start + from + at,
      n: from + at,
    }))
    expect((await call('POST', `${pathOf(setting.realm)}/events`, events)).status).toBe(200)
  }
}

/** A page index behind the first 5,000 records, the number of the record that each file begins with, and its last one. */
const parts = {
  documented: { second: 5_000, first: [0, 4_999], rest: [5_000, 5_002] },
  observed: { second: 1, first: [5_002, 3], rest: [2, 0] },
} as const

for (const profile of ['documented', 'observed'] as const)
  describe(`a file of more than 5,000 records, as ${profile}`, () => {
    const stack = new AsyncDisposableStack()
    let mailbox: Mailbox
    let setting: Setting
    beforeAll(async () => {
      mailbox = stack.use(await startMailbox())
      const world = stack.use(await startReports(profile, { ROLLCALL_SMTP_URL: mailbox.url }))
      setting = await settle(world)
      await sendAll(world, setting)
    })
    afterAll(() => stack.disposeAsync())

    /** The job, the file's name, and the numbers of its first and last record. */
    const fetched = async (body: object) => {
      const job = await ended(setting, jobIdOf(await setting.ask('events', body)))
      const file = await fetch(job.downloadLink)
      const numbers = (await file.text())
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { n: number }).n)
      const [, name] = /filename="([^"]+)"/.exec(file.headers.get('content-disposition') ?? '') ?? []
      return { job, name, count: numbers.length, ends: [numbers[0], numbers.at(-1)] }
    }
    const lines = { ...download, notificationList: ['ann@acme.example'], format: 'ndjson' }

    test('has the first 5,000 whatever page size is said, and the file, the job and the message say that there are more', async () => {
      const { job, name, count, ends } = await fetched({ download: lines, pSize: 10 })
      expect([name, count, ends]).toEqual(['Events_1-5000_of_5003.ndjson', 5_000, parts[profile].first])
      expect(job).toMatchObject({ status: 'Completed', rows: 5_000, total: 5_003, more: true })
      await until(() => mailbox.mails.length > 0)
      expect(mailbox.mails[0]?.mail.text).toContain('Rows: 5,000 of 5,003; there are more, so ask for the next part')
    })

    test('begins where pIndex says', async () => {
      const { job, name, count, ends } = await fetched({ download: lines, pIndex: parts[profile].second })
      expect([name, count, ends]).toEqual(['Events_5001-5003_of_5003.ndjson', 3, parts[profile].rest])
      expect(job).toMatchObject({ status: 'Completed', rows: 3, total: 5_003, more: false })
    })

    test('has all of them when all are asked for', async () => {
      const { job, name, count, ends } = await fetched({ download: { ...lines, all: true } })
      expect([name, count, ends]).toEqual(['Events.ndjson', 5_003, [parts[profile].first[0], parts[profile].rest[1]]])
      expect(job).toMatchObject({ rows: 5_003, total: 5_003, more: false })
    })
  })
