import { afterAll, beforeAll, expect, it } from 'vitest'
import type { World } from '../../world.ts'
import { download } from './downloads-setting.ts'
import { minutesAgo, type Setting, settle, startReports } from './reports-setting.ts'

let world: World
let setting: Setting
beforeAll(async () => {
  world = await startReports('documented')
  setting = await settle(world)
})
afterAll(() => world[Symbol.asyncDispose]())

it('refuses what is wrong with a download, everything at once, behind what is wrong with the rest', async () => {
  const reply = await setting.ask('events', {
    to: minutesAgo(60 * 24 * 40),
    download: {
      notificationList: ['ann@acme.example', 'eve@evil.example\r\nBcc: all@acme.example'],
      eventData: { user_id: 7 },
      format: 'exe',
      all: 'yes',
    },
  })
  expect([reply.status, reply.json]).toEqual([
    400,
    {
      statusCode: 400,
      error: 'Bad Request',
      message: "Date 'to' must be after 'from'",
      errors: [
        { message: "Date 'to' must be after 'from'", param: 'to' },
        { message: 'This field should not be empty', param: 'download.requestBy' },
        { message: 'Field should be an email', param: 'download.notificationList.1' },
        { message: 'This field should not be empty', param: 'download.eventData.tenant_dns' },
        { message: 'Field should be a string', param: 'download.eventData.user_id' },
        { message: 'Field should be one of csv, ndjson, xlsx, parquet', param: 'download.format' },
        { message: 'Field should be true or false', param: 'download.all' },
      ],
    },
  ])
  for (const [wrong, message] of [
    ['file', 'Field should be an object'],
    [{ ...download, notificationList: [] }, 'Field should be a list of 1 to 5 emails'],
    [{ ...download, notificationList: Array(6).fill('a@b.example') }, 'Field should be a list of 1 to 5 emails'],
    [{ ...download, notificationList: 'a@b.example' }, 'Field should be a list of 1 to 5 emails'],
    [{ ...download, eventData: 'x' }, 'Field should be an object'],
    [{ ...download, eventData: undefined }, 'This field should not be empty'],
  ] as const) {
    const refused = await setting.ask('audit_log', { download: wrong })
    expect([refused.status, (refused.json as { message: string }).message]).toEqual([400, message])
  }
})
