import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FusionAuthClient } from '@fusionauth/typescript-client'
import { expect, test } from 'vitest'
import { startMailbox } from '../../smtp.ts'
import { until } from '../../until.ts'
import { startWorld } from '../../world.ts'

const HOUR = 3_600_000

// Its clock leaps by hours and days under a server that works meanwhile: on a busy machine it came to no end now and then.
test('the event log tells of a job, a message and a report of a subscription that failed, and of periods that were skipped', {
  retry: 2,
  timeout: 60_000,
}, async () => {
  const clock = { ahead: 0 }
  await using mail = await startMailbox()
  await using world = await startWorld(
    { ROLLCALL_SMTP_URL: mail.url, ROLLCALL_LOG_LEVEL: 'silent' },
    { now: () => Date.now() + clock.ahead },
  )
  const realm = await world.realm()
  const path = `/v1/realms/${realm.tenantId}/${realm.communityId}`
  const client = new FusionAuthClient(await world.apiKey(realm), world.url)
  const entries = async () => {
    const { response } = await client.searchEventLogs({ search: { type: 'Error', numberOfResults: 100 } } as never)
    return (response.eventLogs ?? []).map(({ message }) => message ?? '').toSorted()
  }
  const told = (beginning: string) => until(async () => (await entries()).some((one) => one.startsWith(beginning)))
  const idOf = ({ body }: { body: unknown }): string => (body as { id: string }).id
  expect(await entries()).toEqual([])

  // Where the folder for files should be there is something else: each attempt at the job fails.
  const files = join(world.folder, 'files')
  await rm(files, { recursive: true })
  await writeFile(files, '')
  const job = idOf(await world.call('POST', `${path}/exports`, { report: 'last-seen', format: 'csv' }))
  const statusOf = async () => {
    const { body } = await world.call('GET', `${path}/jobs/${job}`)
    return (body as { status: string }).status
  }
  // Its next attempt is hours away; while one is under way, its lease must not run out.
  await until(async () => {
    const status = await statusOf()
    if (status === 'pending') clock.ahead += HOUR
    return status === 'failed'
  })
  await told(`The job ${job} (export) failed: `)
  await rm(files)

  mail.answer('gone@example.com', 550)
  const daily = { report: 'last-seen', period: 'day', formats: ['html'] }
  const refused = idOf(
    await world.call('POST', `${path}/subscriptions`, { ...daily, recipients: [{ email: 'gone@example.com' }] }),
  )
  await world.call('POST', `${path}/subscriptions/${refused}/run`)
  await told('A message could not be delivered: ')

  const made = await world.call('POST', '/v1/keys', {
    kind: 'api',
    name: 'kim',
    realm,
    user: 'kim',
    roles: ['operator'],
  })
  const key = made.body as { id: string; secret: string }
  const answer = await fetch(`${world.url}${path}/subscriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...daily, recipients: [{ email: 'ann@example.com' }] }),
  })
  const kims = ((await answer.json()) as { id: string }).id
  await world.call('DELETE', `/v1/keys/${key.id}`)
  await world.call('POST', `${path}/subscriptions/${kims}/run`)
  await told(`A report of a subscription could not be made: ${kims}, `)

  // More days go by than are made up for.
  await world.call('DELETE', `${path}/subscriptions/${kims}`)
  clock.ahead += 60 * 24 * HOUR
  await told(`Reports of a subscription were skipped: ${refused}, `)
  const [newest] = (await client.searchEventLogs({ search: { message: `The job ${job}*` } } as never)).response
    .eventLogs ?? [undefined]
  expect(newest).toEqual({
    id: expect.any(Number),
    insertInstant: expect.any(Number),
    type: 'Error',
    message: expect.stringMatching(/^The job \S+ \(export\) failed: \S/),
  })
  // Another realm's log has nothing of it.
  const other = new FusionAuthClient(await world.apiKey(await world.realm()), world.url)
  expect((await other.searchEventLogs({ search: {} } as never)).response).toEqual({ eventLogs: [], total: 0 })
})
