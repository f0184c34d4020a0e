import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { certify } from '../certify.ts'
import { freePort } from '../free-port.ts'
import { startWorld } from '../world.ts'

const run = promisify(execFile)

it('serves HTTPS with a certificate of a private authority to a client that trusts it, and to no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-tls-'))
  try {
    const { ca, cert, key } = await certify(folder)
    const port = await freePort()
    await using world = await startWorld({
      ROLLCALL_TLS_CERT: cert,
      ROLLCALL_TLS_KEY: key,
      ROLLCALL_PORT: String(port),
    })
    expect(world.url).toBe(`https://127.0.0.1:${port}`)
    const walk = (environment: NodeJS.ProcessEnv) =>
      run(process.execPath, [join(import.meta.dirname, 'https-walk.ts'), `127.0.0.1:${port}`], { env: environment })
    const { stdout } = await walk({ ...process.env, NODE_EXTRA_CA_CERTS: ca })
    const told = JSON.parse(stdout) as { services: Record<string, string>; status: number; key: number }
    expect(told).toMatchObject({ status: 200, key: 88 })
    expect(told.services).toMatchObject({
      events: `${world.url}/events`,
      reports: `${world.url}/reports`,
      licenses: `${world.url}/licenses`,
    })
    await expect(walk({ PATH: process.env.PATH })).rejects.toThrow(/fetch failed/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
