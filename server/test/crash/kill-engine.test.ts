import { it } from 'vitest'
import type { ServerProcess } from './process.ts'
import { moment, survive } from './survive.ts'

it('keeps every acknowledged event exactly once while its engine is killed again and again', async () => {
  let killed = 0
  const another = async (server: ServerProcess): Promise<number> => {
    for (;;) {
      const engine = await server.engine()
      if (engine !== 0 && engine !== killed) return engine
      await moment(20)
    }
  }
  await survive(async (server) => {
    killed = await another(server)
    process.kill(killed, 'SIGKILL')
  })
}, 600_000)
