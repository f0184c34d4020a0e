import { it } from 'vitest'
import { survive } from './survive.ts'

it('keeps every acknowledged event exactly once while the server is killed again and again', async () => {
  await survive(async (server) => {
    await server.kill()
    await server.start()
  })
}, 600_000)
