import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { beginCommand, type Ran, runCommand } from '../command.ts'

let folder: string
let server: Started
let settings: Record<string, string>

interface Started {
  readonly child: ChildProcess
  readonly url: string
  readonly err: () => string
}

const rollcall = (args: readonly string[], set = settings): Promise<Ran> => runCommand(args, set, folder)

const start = async (args: readonly string[], set: Record<string, string>): Promise<Started> => {
  const { child, said } = beginCommand(args, set, folder)
  for (;;) {
    const address = /address +(\S+)/.exec(said.err)?.[1]
    if (address && said.err.includes('Ctrl-C')) return { child, url: address, err: () => said.err }
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${said.err}${said.out}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const stop = async ({ child }: Started): Promise<number | null> => {
  if (child.exitCode !== null) return child.exitCode
  child.kill('SIGTERM')
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-cli-'))
  const data = join(folder, 'data')
  server = await start(['serve'], { ROLLCALL_DATA: data, ROLLCALL_PORT: '0', ROLLCALL_LOG_LEVEL: 'error' })
  settings = { ROLLCALL_DATA: data, ROLLCALL_PORT: new URL(server.url).port, ROLLCALL_LOG_LEVEL: 'error' }
})
afterAll(async () => {
  if (server) await stop(server)
  await rm(folder, { recursive: true, force: true })
})

describe('the command line, beside a running server', () => {
  it('creates, lists, shows, updates and removes a realm', async () => {
    const made = await rollcall(['realm', 'create', '--tenant', 'Acme', '--tenant-id', 'acme', '--community-id', 'all'])
    expect([made.code, made.err]).toEqual([0, ''])
    expect(made.out).toContain('acme/all')
    expect((await rollcall(['realm', 'update', 'acme/all', '--timezone', 'Asia/Kolkata'])).out).toContain(
      'Asia/Kolkata',
    )
    expect((await rollcall(['realm', 'show', 'acme/all'])).out).toContain('Acme')
    const again = await rollcall([
      'realm',
      'create',
      '--tenant',
      'Acme',
      '--tenant-id',
      'acme',
      '--community-id',
      'all',
    ])
    expect([again.code, again.err.length > 10]).toEqual([1, true])
    await rollcall(['realm', 'create', '--tenant', 'Gone', '--tenant-id', 'gone', '--community-id', 'all'])
    expect((await rollcall(['realm', 'list'])).out).toContain('gone/all')
    expect((await rollcall(['realm', 'remove', 'gone/all'])).code).toBe(1)
    expect((await rollcall(['realm', 'remove', 'gone/all', '--yes'])).code).toBe(0)
    expect((await rollcall(['realm', 'list'])).out).not.toContain('gone/all')
  })

  it('makes a key whose secret alone stands on standard output, and which sends an event', async () => {
    const made = await rollcall(['key', 'create', '--kind', 'api', '--name', 'sender', '--realm', 'acme/all'])
    const secret = made.out.trim()
    expect(secret).toMatch(/^\S{20,}$/)
    const sent = await fetch(`${server.url}/v1/realms/acme/all/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        event_name: 'login.attempt',
        user_id: '=cmd|calc',
        application: 'Wi\u001b[31mki, "the" one',
      }),
    })
    expect([sent.status, await sent.json()]).toMatchObject([200, { accepted: 1 }])
    const listed = await rollcall(['key', 'list', '--realm', 'acme/all'])
    expect(listed.out).toContain('sender')
    expect(listed.out).not.toContain(secret)
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(listed.out)?.[0] ?? ''
    expect((await rollcall(['key', 'remove', id])).code).toBe(0)
    expect((await rollcall(['realm', 'list', '--key', secret])).code).toBe(1)
  })

  it('runs a report as a table, as CSV and as JSON', async () => {
    const listed = await rollcall(['report', 'list'])
    expect(listed.out).toContain('application-usage')
    const table = await rollcall(['report', 'run', 'application-usage'])
    expect([table.code, table.out.includes('\u001b[31m')]).toEqual([0, false])
    expect(table.out).toContain('Latest login')
    const csv = await rollcall(['report', 'run', 'application-usage', '--format', 'csv'])
    const [head, row] = csv.out.split('\r\n')
    expect(head?.split(',').slice(0, 2)).toEqual(['application', 'user_id'])
    expect(row).toContain(`"Wi\u001b[31mki, ""the"" one",'=cmd|calc,2`)
    const json = await rollcall(['report', 'run', 'application-usage', '--format', 'json', '--realm', 'acme/all'])
    expect(JSON.parse(json.out)).toMatchObject({ total: 1, rows: [{ user_id: '=cmd|calc' }] })
    const none = await rollcall(['report', 'run', 'application-usage', '--filter', '{"user_id":"nobody"}'])
    expect(none.out).toContain('No rows')
    const unknown = await rollcall(['report', 'run', 'weather'])
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('weather')])
  })

  it('lists, shows and cancels what is made in the background', async () => {
    const key = (await readFile(join(folder, 'data', 'admin.key'), 'utf8')).trim()
    const asked = await fetch(`${server.url}/v1/realms/acme/all/exports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ report: 'event-search', notify: ['ann@acme.example'] }),
    })
    const { id } = (await asked.json()) as { id: string }
    expect(asked.status).toBe(202)
    let shown = await rollcall(['job', 'show', id])
    while (!/ann@acme\.example[ │]+sent/.test(shown.out)) shown = await rollcall(['job', 'show', id])
    expect(shown.out).toMatch(/status[ │]+completed/)
    expect((await rollcall(['job', 'list'])).out).toMatch(new RegExp(`${id}[ │]+export[ │]+completed`))
    const late = await rollcall(['job', 'cancel', id])
    expect([late.code, late.out, late.err.includes('it is completed')]).toEqual([1, '', true])
    const delivery = /([0-9a-f-]{36})[ │]+ann@acme\.example/.exec(shown.out)?.[1] ?? ''
    const again = await rollcall(['job', 'resend', delivery])
    expect([again.code, again.out, again.err.length > 10]).toEqual([1, '', true])
    expect((await rollcall(['job', 'show', 'none'])).code).toBe(1)
  })

  it('keeps the directory', async () => {
    expect((await rollcall(['directory', 'put', 'user', 'ann', '{"name":"ann","display":"Ann Lee"}'])).out).toBe(
      'Put user ann.\n',
    )
    expect((await rollcall(['directory', 'list', 'user', '--name', 'ANN'])).out).toContain('Ann Lee')
    expect(JSON.parse((await rollcall(['directory', 'show', 'user', 'ann'])).out)).toMatchObject({ display: 'Ann Lee' })
    expect((await rollcall(['directory', 'put', 'user', 'bob', 'bob'])).err).toContain('an object of JSON')
    expect((await rollcall(['directory', 'list', 'planet'])).err).toContain('There is no kind "planet"')
    expect((await rollcall(['directory', 'remove', 'user', 'ann'])).out).toBe('Removed user ann.\n')
    expect((await rollcall(['directory', 'list', 'user'])).out).toContain('has no user')
  }, 60_000)

  it('lists what is set aside, and says when there is none of an id', async () => {
    expect((await rollcall(['set-aside', 'list'])).out).toContain('Nothing is set aside')
    expect((await rollcall(['set-aside', 'release', 'no-such-id'])).code).toBe(1)
    expect((await rollcall(['set-aside', 'discard', 'no-such-id'])).err).toContain('--yes')
    expect((await rollcall(['set-aside', 'discard', 'no-such-id', '--yes'])).code).toBe(1)
  })

  it('puts a report on a schedule, whose webhook secret is told once, and takes it off', async () => {
    const words = [
      '--period',
      'week',
      '--format',
      'html',
      '--to',
      'ann@example.com',
      '--to',
      'https://example.com/hook',
    ]
    const made = await rollcall(['subscription', 'create', 'application-usage', ...words])
    const [id = '', secret] = made.out.trim().split('\n')
    expect([made.code, secret]).toEqual([0, expect.stringMatching(/^whsec_/)])
    const listed = await rollcall(['subscription', 'list'])
    expect(listed.out).toContain('ann@example.com https://example.com/hook')
    expect(listed.out).not.toContain(secret)
    expect((await rollcall(['subscription', 'pause', id])).out).toContain('is paused')
    expect((await rollcall(['subscription', 'remove', id])).code).toBe(0)
    expect((await rollcall(['subscription', 'runs', id])).code).toBe(1)
  })

  it('refuses a second server, and a reseal, on the same data folder with a sentence', async () => {
    for (const command of ['serve', 'reseal']) {
      const second = await rollcall([command], { ...settings, ROLLCALL_PORT: '0' })
      expect([command, second.code, second.err]).toEqual([command, 1, expect.stringContaining('Another Rollcall')])
    }
  })

  it('says what to do about a port that is taken', async () => {
    const second = await rollcall(['serve'], { ...settings, ROLLCALL_DATA: join(folder, 'other') })
    expect([second.code, second.err]).toEqual([1, expect.stringContaining('ROLLCALL_PORT')])
  })

  it('finds nothing wrong when it is asked as a doctor', async () => {
    const told = await rollcall(['doctor'])
    expect([told.code, told.out]).toEqual([0, expect.stringContaining('Nothing is wrong')])
    expect(told.out).toContain('A Rollcall answers')
  })
})

describe('the command line', () => {
  it('says how to reach a server when none answers', async () => {
    const told = await rollcall(['realm', 'list', '--url', 'http://127.0.0.1:1', '--key', 'x'])
    expect([told.code, told.err]).toEqual([1, expect.stringContaining('npm start')])
  })

  it('finds what is wrong as a doctor, says what to do, and exits with 1', async () => {
    const bad = await rollcall(['doctor'], { ROLLCALL_DATA: '/dev/null/nowhere', ROLLCALL_PORT: '0' })
    expect([bad.code, bad.out]).toEqual([1, expect.stringContaining('ROLLCALL_DATA')])
    const typo = await rollcall(['doctor'], { ROLLCALL_PROT: '1' })
    expect([typo.code, typo.out]).toEqual([1, expect.stringContaining('ROLLCALL_PROT')])
  })

  it('helps with examples', async () => {
    for (const args of [['--help'], ['realm', 'create', '--help'], ['report', 'run', '--help']]) {
      const help = await rollcall(args)
      expect([help.code, help.out]).toEqual([0, expect.stringMatching(/rollcall (demo|realm create|report run)/)])
    }
  })

  it('keeps the admin key to its owner, stops cleanly, and starts again with the same key and events', async () => {
    const file = join(folder, 'data', 'admin.key')
    const key = await readFile(file, 'utf8')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(server.err()).toContain(key.trim())
    expect(await stop(server)).toBe(0)
    const master = await readFile(join(folder, 'data', 'master.key'), 'utf8')
    expect(await rollcall(['reseal'])).toMatchObject({ code: 0, out: expect.stringContaining('new master key') })
    expect(await readFile(join(folder, 'data', 'master.key'), 'utf8')).not.toBe(master)
    server = await start(['serve'], settings)
    expect(server.err()).not.toContain(key.trim())
    const json = await rollcall(['report', 'run', 'application-usage', '--format', 'json'])
    expect(JSON.parse(json.out)).toMatchObject({ total: 1 })
    const keys = await fetch(`${server.url}/events/publickeys`)
    expect([keys.status, await keys.json()]).toEqual([200, { publicKey: expect.any(String) }])
  })
})
