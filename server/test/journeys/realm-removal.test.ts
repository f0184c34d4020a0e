import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { until } from '../until.ts'
import { startWorld } from '../world.ts'

it('a realm that is removed leaves no file behind: no export, no generated report, nothing of a subscription', async () => {
  await using world = await startWorld()
  const filesOf = async (): Promise<readonly string[]> => {
    const all = await readdir(join(world.folder, 'files'), { recursive: true, withFileTypes: true })
    return all.filter((one) => one.isFile()).map(({ name }) => name)
  }
  const kept = await world.realm()
  const realm = await world.realm()
  const pathOf = ({ tenantId, communityId }: typeof realm) => `/v1/realms/${tenantId}/${communityId}`
  /** Asks for a job or a run and waits until it has ended as it should. */
  const made = async (
    path: string,
    body: object | undefined,
    look: (id: string) => string,
    field: string,
    end: string,
  ) => {
    const asked = await world.call('POST', path, body)
    const { id } = asked.body as { id: string }
    expect(asked.status).toBeLessThan(300)
    await until(async () => ((await world.call('GET', look(id))).body as Record<string, unknown>)[field] === end)
  }
  for (const one of [kept, realm]) {
    const path = pathOf(one)
    await made(
      `${path}/exports`,
      { report: 'event-search', format: 'csv' },
      (id) => `${path}/jobs/${id}`,
      'status',
      'completed',
    )
    const subscription = await world.call('POST', `${path}/subscriptions`, {
      report: 'application-usage',
      period: 'day',
      formats: ['html', 'csv'],
      recipients: [{ email: 'ann@example.com' }],
    })
    const runs = `${path}/subscriptions/${(subscription.body as { id: string }).id}`
    await made(`${runs}/run`, undefined, (id) => `${runs}/runs/${id}`, 'state', 'delivered')
    const { body } = await world.call('POST', '/v1/keys', {
      kind: 'api',
      name: 'auditor',
      realm: one,
      user: 'auditor',
      roles: ['operator'],
    })
    const generated = await fetch(`${world.url}/api/v2/report`, {
      method: 'POST',
      headers: { authorization: (body as { secret: string }).secret, 'content-type': 'application/json' },
      body: '{"defined_report_id":"11"}',
    })
    expect(generated.status).toBe(200)
  }
  expect(await filesOf()).toHaveLength(8)
  expect((await world.call('DELETE', pathOf(realm))).status).toBe(204)
  expect(await filesOf()).toHaveLength(4)
  expect((await world.call('DELETE', pathOf(kept))).status).toBe(204)
  expect(await filesOf()).toEqual([])
})
