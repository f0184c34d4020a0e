import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const source = join(import.meta.dirname, '../../src')
/** Scripts that a process is started with; running is what they are for. */
const scripts = /(cli\/rollcall\.ts|engine-child\.mjs|\/(worker|thread)\.ts|\.test\.ts|\.d\.ts)$/

const files = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((file) => !scripts.test(file))

it('importing every file leaves nothing running and reads no environment', () => {
  const program = `
    const read = []
    const real = process.env
    process.env = new Proxy(real, { get: (all, name) => { if (String(name).startsWith('ROLLCALL')) read.push(name); return all[name] } })
    for (const file of ${JSON.stringify(files)}) await import(file)
    const left = process.getActiveResourcesInfo().filter((one) => !['PipeWrap', 'TTYWrap', 'FSReqPromise'].includes(one))
    process.stdout.write(JSON.stringify({ read, left }))
  `
  const told = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  expect(told.stderr).toBe('')
  expect(JSON.parse(told.stdout)).toEqual({ read: [], left: [] })
  expect(files.length).toBeGreaterThan(60)
})
