import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

const packages: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
}

/** The path of the engine's shared library for this machine. Throws one sentence where there is none. */
export function engineLibrary(platform: string = process.platform, arch: string = process.arch): string {
  const name = packages[`${platform}-${arch}`]
  if (!name) {
    throw new Error(
      `The embedded event engine does not run on ${platform} ${arch}; set ROLLCALL_EVENTS_URL to a ClickHouse server instead.`,
    )
  }
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), 'libchdb.so')
  } catch {
    throw new Error(
      `The embedded event engine needs the npm package ${name} (which npm leaves out on musl and with --omit=optional); install it, or set ROLLCALL_EVENTS_URL to a ClickHouse server.`,
    )
  }
}
