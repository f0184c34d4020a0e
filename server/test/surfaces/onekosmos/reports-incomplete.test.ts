import { expect, it } from 'vitest'
import { startPostgres } from '../../postgres.ts'
import { startWorld } from '../../world.ts'
import { rowsOf, settle } from './reports-setting.ts'

it('says so when an acknowledged event cannot be searched yet', async () => {
  await using postgres = await startPostgres()
  // A process that only serves moves no events, and nobody else does here.
  await using world = await startWorld({
    ROLLCALL_CONTROL_URL: await postgres.createDatabase(),
    ROLLCALL_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    ROLLCALL_ROLE: 'api',
  })
  const setting = await settle(world)
  await setting.send([['E_WAITING', {}]])
  const reply = await setting.ask('events')
  expect([reply.status, rowsOf(reply)]).toEqual([200, []])
  expect(reply.headers.get('rollcall-incomplete')).toBe('true')
  expect(reply.headers.get('rollcall-watermark')).toBe('0')
})
