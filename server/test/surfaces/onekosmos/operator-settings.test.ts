import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWorld, type World } from '../../world.ts'
import { send } from './client.ts'
import { outsideJob, realmPath, workerKey } from './downloads-setting.ts'
import { type Setting, settle } from './reports-setting.ts'

let world: World
let setting: Setting
beforeAll(async () => {
  world = await startWorld({
    ROLLCALL_WORKER_KEY: workerKey,
    ROLLCALL_ONEKOSMOS_TIME_SPAN: '120',
    ROLLCALL_ONEKOSMOS_PLAIN: 'false',
  })
  setting = await settle(world)
})
afterAll(() => world[Symbol.asyncDispose]())

it('lets clocks differ by as many seconds as the operator says, and says so', async () => {
  const environment = await send('GET', `${world.url}/reports/environment`)
  expect(environment.text).toBe('{"EC_CURVE_NAME":"secp256k1","allowed_time_span":120}')
  const asked = (seconds: number) => {
    const ts = Math.floor(Date.now() / 1_000) + seconds
    const requestid = setting.client.seal(JSON.stringify({ appid: 'a', uuid: 'u', ts }))
    return setting.ask('events', {}, { requestid })
  }
  for (const seconds of [-110, 110]) expect((await asked(seconds)).status).toBe(200)
  const message = "The 'ts' of this header should be in seconds and not more or less than 120 seconds from now"
  for (const seconds of [-130, 130])
    expect((await asked(seconds)).text).toBe(
      `{"statusCode":401,"error":"Unauthorized","message":"${message}","errors":[{"message":"${message}","param":"requestid"}]}`,
    )
})

it('takes jobs encrypted only, when the operator turns bodies in the clear off', async () => {
  const job = outsideJob(setting, 'outside')
  const path = `${realmPath(setting)}/job`
  const message = 'This field should hold the encrypted object; unencrypted bodies are not taken here'
  const refused = `{"statusCode":400,"error":"Bad Request","message":"${message}","errors":[{"message":"${message}","param":"data"}]}`
  for (const body of [job, { data: job }]) {
    const reply = await setting.client.call('POST', path, body)
    expect([reply.status, reply.text]).toEqual([400, refused])
  }
  const data = setting.client.seal(JSON.stringify(job))
  expect((await setting.client.call('POST', path, { data })).text).toBe('{"status":"OK"}')
  const patch = (body: object) =>
    send('PATCH', `${world.url}/reports${path}/outside`, {
      headers: { 'content-type': 'application/json', apikey: workerKey, publickey: setting.client.pair.publicKey },
      body: JSON.stringify(body),
    })
  expect((await patch({ status: 'Done' })).text).toBe(refused)
  expect((await patch({ data: setting.client.seal('{"status":"Done"}') })).text).toBe('{"status":"OK"}')
  // Queries are no bodies of this kind: they are plain in every client.
  expect((await setting.ask('events', { pSize: 1 })).status).toBe(200)
})
