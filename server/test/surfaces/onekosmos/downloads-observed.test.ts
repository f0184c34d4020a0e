import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from '../../world.ts'
import { connect } from './client.ts'
import { download, ended, jobIdOf, jobsOf } from './downloads-setting.ts'
import { type Setting, settle } from './reports-setting.ts'

describe('downloads, as the live service was observed', () => {
  let world: World
  let setting: Setting
  beforeAll(async () => {
    world = await startWorld({ ROLLCALL_ONEKOSMOS_PROFILE: 'observed' })
    setting = await settle(world)
    await setting.send([['E_LOGIN_SUCCEEDED', { user_id: 'ann', event_id: 'a' }]])
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('starts at the pIndex-th chunk of 5,000', async () => {
    const first = await ended(setting, jobIdOf(await setting.ask('events', { download, pIndex: 0 })))
    const second = await ended(setting, jobIdOf(await setting.ask('events', { download, pIndex: 1 })))
    expect([first.rows, second.rows]).toEqual([1, 0])
  })

  it('takes pIndex for a page of jobs, too, and says a job as documented', async () => {
    const page = async (pIndex: number) =>
      await setting.ask('download/jobs', { pSize: 1, pIndex, sort: [{ field: 'createdAt', order: 'asc' }] })
    const [first, second] = [await page(0), await page(1)]
    expect(second.text).toMatch(
      /^\{"page":\{"total":2,"pSize":1,"pIndex":1\},"data":\[\{"jobId":"[0-9a-f-]{36}","createdAt":\d+,"completedAt":\d+,"status":"Completed","requestedBy":"ann@acme.example","sendNotificationTo":\["ann@acme.example","bob@acme.example"\],"size":\d+,"downloadLink":"http[^"]+","rows":0,"total":1,"more":false\}\]\}$/,
    )
    expect([jobsOf(first)[0]?.rows, jobsOf(second)[0]?.rows]).toEqual([1, 0])
  })

  it('refuses byte for byte', async () => {
    const reply = await setting.ask(
      'audit_log',
      { download: { ...download, requestBy: '' } },
      { licensekey: undefined },
    )
    expect([reply.status, reply.text]).toEqual([
      400,
      '{"errors":[{"message":"This header should not be empty","param":"licensekey"},{"message":"This field should not be empty","param":"download.requestBy"}]}',
    ])
    const jobs = await connect({ service: `${world.url}/reports`, licence: 'unknown' })
    const path = `/tenant/${setting.realm.tenantId}/community/${setting.realm.communityId}/download/jobs`
    expect((await jobs.call('POST', path, {})).status).toBe(401)
  })
})
