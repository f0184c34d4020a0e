import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 that nobody uses. It lies below the range from which systems lend ports to outgoing connections,
 * so that it is still free when the engine comes back to it after a crash.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(10_000, 32_768)
    if (await canListen(port)) return port
  }
  throw new Error('No free port between 10000 and 32767 was found on 127.0.0.1 for the event engine.')
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
