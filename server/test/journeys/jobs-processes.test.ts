import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startClickHouse } from '../clickhouse.ts'
import { serverProcess } from '../crash/process.ts'
import { freePort } from '../free-port.ts'
import { startPostgres } from '../postgres.ts'
import { settle } from '../surfaces/onekosmos/reports-setting.ts'
import { until } from '../until.ts'
import { startWorld, type World } from '../world.ts'

interface Job {
  readonly id: string
  readonly status: string
  readonly attempts: number
  readonly rows: number
}

const stack = new AsyncDisposableStack()
let api: World
let settings: Record<string, string>
let files: string
beforeAll(async () => {
  const postgres = stack.use(await startPostgres())
  const clickHouse = stack.use(await startClickHouse())
  files = await mkdtemp(join(tmpdir(), 'rollcall-work-'))
  stack.defer(() => rm(files, { recursive: true, force: true }))
  settings = {
    ...clickHouse.settings,
    ROLLCALL_CONTROL_URL: await postgres.createDatabase(),
    ROLLCALL_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  }
  api = stack.use(await startWorld({ ...settings, ROLLCALL_ROLE: 'api' }))
})
afterAll(() => stack.disposeAsync())

test('a job whose worker is killed is taken up and ended by another process', async () => {
  const realm = await api.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  for (const n of [1, 2, 3])
    await api.call('POST', `${path}/events`, { event_name: 'login', event_id: `e${n}`, user_id: 'ann' })
  const worker = serverProcess(files, await freePort(), { ...settings, ROLLCALL_ROLE: 'worker' })
  const other = serverProcess(files, await freePort(), { ...settings, ROLLCALL_ROLE: 'worker' })
  const jobOf = async (id: string) => (await api.call('GET', `${path}/jobs/${id}`)).body as Job
  try {
    // The first worker is killed as soon as it has claimed a job, wherever it stands in it.
    await worker.start()
    const asked = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => api.call('POST', `${path}/exports`, { report: 'event-search' })),
    )
    expect(asked.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 202])
    const ids = asked.map(({ body }) => (body as Job).id)
    await until(async () => (await Promise.all(ids.map(jobOf))).some(({ status }) => status !== 'pending'))
    await worker.kill()
    await other.start()
    await until(async () => (await Promise.all(ids.map(jobOf))).every(({ status }) => status === 'completed'))
    for (const id of ids) expect(await jobOf(id)).toMatchObject({ status: 'completed', rows: 3 })
    const [place = ''] = await readdir(join(files, 'files'))
    const made = await readdir(join(files, 'files', place))
    for (const id of ids) {
      const name = made.filter((file) => file.startsWith(id) && file.endsWith('.csv')).at(-1) ?? ''
      expect((await readFile(join(files, 'files', place, name), 'utf8')).split('\r\n')).toHaveLength(5)
    }
  } finally {
    await worker.kill()
    await other.kill()
  }
})

test('a job that waits is cancelled, and nobody takes it up', async () => {
  const realm = await api.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  const { id } = (await api.call('POST', `${path}/exports`, { report: 'event-search' })).body as Job
  const listed = async () => (await (await settle(api, realm)).ask('download/jobs')).json
  expect(await listed()).toMatchObject({
    data: [{ jobId: id, status: 'Pending', completedAt: null, size: null, downloadLink: '', rows: 0 }],
  })
  expect(await api.call('POST', `${path}/jobs/${id}/cancel`)).toMatchObject({
    status: 200,
    body: { status: 'cancelled' },
  })
  expect((await api.call('POST', `${path}/jobs/${id}/cancel`)).status).toBe(409)
  expect((await api.call('GET', `${path}/jobs/${id}/file`)).status).toBe(404)
  const wrong = await api.call('POST', `${path}/exports`, { report: 'event-search', notify: ['a\r\nb@c.example'] })
  expect([wrong.status, (wrong.body as { issues: { name: string }[] }).issues[0]?.name]).toEqual([400, 'notify'])
})
