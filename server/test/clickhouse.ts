import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { type EngineLogin, startEngine } from '../src/storage/clickhouse/embedded/engine.ts'
import { readableTables } from '../src/storage/clickhouse/index.ts'

/** A ClickHouse that is reached by address alone, as one in a network is. */
export interface TestClickHouse extends AsyncDisposable {
  /** `ROLLCALL_EVENTS_URL` and `ROLLCALL_EVENTS_REPORT_URL` of it. */
  readonly settings: Readonly<Record<string, string>>
}

/** Stands before an engine and puts on every request the header that it wants, which an address cannot say. */
const startGateway = async ({ url, headers }: EngineLogin): Promise<AsyncDisposable & { readonly host: string }> => {
  const server = createServer((asked, answer) => {
    const forwarded = request(
      `${url}${asked.url}`,
      { method: asked.method, headers: { ...asked.headers, ...headers } },
      (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers)
        pipeline(answered, answer, () => undefined)
      },
    )
    forwarded.on('error', () => answer.destroy())
    answer.on('close', () => forwarded.destroy())
    pipeline(asked, forwarded, () => undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address !== 'object') throw new Error('The system named no port')
  return {
    host: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Starts an engine of a test's own behind an address. Its users and row filters are in files, as its server keeps them. */
export const startClickHouse = async (): Promise<TestClickHouse> => {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-clickhouse-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const engine = opened.use(await startEngine({ folder, readableTables, log: () => undefined }))
  const { host } = opened.use(await startGateway(engine.app))
  const address = ({ username, password }: EngineLogin, database: string) =>
    `clickhouse+http://${username}:${password}@${host}/${database}`
  const running = opened.move()
  return {
    settings: {
      ROLLCALL_EVENTS_URL: address(engine.app, 'rollcall'),
      ROLLCALL_EVENTS_REPORT_URL: address(engine.report, 'report'),
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
