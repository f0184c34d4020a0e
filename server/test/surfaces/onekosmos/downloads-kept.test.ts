import { expect, test } from 'vitest'
import { infraKey } from '../../world.ts'
import { send } from './client.ts'
import { download, ended, jobIdOf, jobsOf } from './downloads-setting.ts'
import { settle, startReports } from './reports-setting.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

test.each([
  ['as they are unless set', {}, { link: 72 * HOUR, file: 7 * DAY, job: 90 * DAY }],
  [
    'as an operator sets them',
    { ROLLCALL_LINK_HOURS: '1', ROLLCALL_FILE_DAYS: '2', ROLLCALL_JOB_DAYS: '3' },
    { link: HOUR, file: 2 * DAY, job: 3 * DAY },
  ],
])('links, files and jobs last %s', async (_, set, last) => {
  let later = 0
  const now = () => Date.now() + later
  await using world = await startReports('documented', set, { now })
  const setting = await settle(world, undefined, now)
  const clean = async () => {
    const headers = { licensekey: infraKey }
    expect((await send('DELETE', `${world.url}/reports/download/cleanup`, { headers })).status).toBe(204)
  }
  const listed = async () => jobsOf(await setting.ask('download/jobs'))
  const job = await ended(setting, jobIdOf(await setting.ask('audit_log', { download })))
  const margin = 60_000

  later = last.link - margin
  expect((await send('GET', job.downloadLink)).status).toBe(200)
  later = last.link + margin
  const expired = await send('GET', job.downloadLink)
  expect([expired.status, expired.text]).toEqual([404, expect.stringContaining('This link has expired')])
  const [again] = await listed()
  expect((await send('GET', again?.downloadLink ?? '')).status).toBe(200)

  later = last.file - margin
  await clean()
  const [before] = await listed()
  expect((await send('GET', before?.downloadLink ?? '')).status).toBe(200)
  later = last.file + margin
  await clean()
  expect(await listed()).toMatchObject([{ jobId: job.jobId, status: 'Completed', downloadLink: '' }])

  later = last.job - margin
  await clean()
  expect(await listed()).toMatchObject([{ jobId: job.jobId }])
  later = last.job + margin
  await clean()
  expect(await listed()).toEqual([])
})
