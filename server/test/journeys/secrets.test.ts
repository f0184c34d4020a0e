import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { startEngine } from '../../src/storage/clickhouse/embedded/engine.ts'
import { openEventStore, readableTables } from '../../src/storage/clickhouse/index.ts'
import { acme, event, lines, storeOptions, temporaryFolder } from '../contract/events-engine.ts'
import { connect, send } from '../surfaces/onekosmos/client.ts'
import { until } from '../until.ts'
import { adminKey, infraKey, startWorld, type World } from '../world.ts'
import { eventsOf, metric, native, pathOf } from './native.ts'

/** A log that is kept as text, with nothing struck out: what must not be in it must not be handed to it. */
const keptLog = () => {
  const written: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void written.push(line) })
  return { log, text: () => written.join('') }
}

/** What everything in a folder may do, by path; the engine's own folder is one entry. */
const modesOf = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const names = await readdir(folder)
  const modes = await Promise.all(
    names.map(async (name) => [name, ((await stat(join(folder, name))).mode & 0o777).toString(8)] as const),
  )
  return Object.fromEntries(modes)
}

const withControl = <T>(world: World, work: (control: DatabaseSync) => T): T => {
  const control = new DatabaseSync(join(world.folder, 'control.db'), { timeout: 5_000 })
  try {
    return work(control)
  } finally {
    control.close()
  }
}

test('no key, licence or content of an event reaches the log, whatever goes wrong', async () => {
  const { log, text } = keptLog()
  await using world = await startWorld({}, { log })
  const realm = await world.realm()
  const apiKey = await world.apiKey(realm)
  const licence = await world.licence(realm, 'community')
  const marker = 'Content-Of-An-Event'
  const wrongKey = 'wrong-key-0123456789'
  const wrongLicence = 'wrong-licence-0123456789'
  const call = native(world.url, apiKey)
  const path = `${pathOf(realm)}/events`
  const good = { event_name: 'login', user_id: marker, secret: marker }

  const events = await connect({ service: `${world.url}/events`, licence })
  const stranger = await connect({ service: `${world.url}/events`, licence: wrongLicence })
  const helper = { publicKey: events.pair.publicKey, privateKey: events.pair.privateKey }
  const all = async () => {
    const replies = [
      await call('POST', path, good),
      await call('POST', path, [good, { [marker]: 1 }, marker]),
      await call('POST', path, `{"event_name":"x","${marker}`),
      await call('POST', path, JSON.stringify(good), { 'content-type': 'text/plain' }),
      await call('POST', path, JSON.stringify(good), { 'content-encoding': 'gzip' }),
      await call('POST', path, `${JSON.stringify(good)}\n{"${marker}"`, { 'content-type': 'application/x-ndjson' }),
      await call('GET', `${path}?filter=${encodeURIComponent(JSON.stringify({ user_id: marker, secret: marker }))}`),
      await call('GET', `${path}?filter=${marker}`),
      await call('POST', `${pathOf(realm)}/reports/last-seen`, { params: { user_id: marker } }),
      await call('POST', `${pathOf(realm)}/reports/last-seen`, { params: { [marker]: marker } }),
      await native(world.url, wrongKey)('POST', path, good),
      await native(world.url, adminKey)('POST', '/keys', { kind: 'api', name: marker, realm: { tenantId: marker } }),
      await events.putEvent(realm, 'E_LOGIN_SUCCEEDED', { type: 'event', user_id: marker }),
      await events.putEvent(realm, 'E_LOGIN_SUCCEEDED', marker),
      await events.call('PUT', `/tenant/${realm.tenantId}/community/${realm.communityId}/event/E_X`, {
        data: { type: 'event', note: marker },
      }),
      await events.call('PUT', `/tenant/${realm.tenantId}/community/${realm.communityId}/event/E_X`, { data: marker }),
      await stranger.putEvent(realm, 'E_LOGIN_SUCCEEDED', { type: 'event', user_id: marker }),
      await send('GET', `${world.url}/events/servicekeys`, {
        headers: { licensekey: licence, authorization: infraKey },
      }),
      await send('GET', `${world.url}/nowhere/${wrongKey}`),
      await events.call('POST', '/ecdsa_helper/encrypt', { dataStr: marker, ...helper }),
      await events.call('POST', '/ecdsa_helper/decrypt', { dataStr: marker, ...helper }),
      await events.call('POST', '/ecdsa_helper/encrypt', `{"privateKey":"${helper.privateKey}`),
      await events.call(
        'PUT',
        `/tenant/${realm.tenantId}/community/${realm.communityId}/event/E_X`,
        { data: { type: 5 } },
        { authMyPrivateKey: helper.privateKey, authLicense: licence },
      ),
    ]
    return replies.map((reply) => reply.status)
  }
  const statuses = await all()
  expect(statuses.filter((status) => status === 200)).toHaveLength(8)
  expect(Math.max(...statuses)).toBeLessThan(500)

  // Nobody foresaw that a table is gone.
  withControl(world, (control) => control.exec('alter table inbox_block rename to inbox_block_gone'))
  const broken = [await call('POST', path, good), await events.putEvent(realm, 'E_X', { type: 'event', note: marker })]
  withControl(world, (control) => control.exec('alter table inbox_block_gone rename to inbox_block'))
  for (const reply of broken) {
    expect(reply.status).toBe(500)
    const [request] = /[0-9a-f]{12}-\d+/.exec(reply.text) ?? []
    expect(text()).toContain(`"reqId":"${request}"`)
    expect(reply.text).not.toMatch(/inbox_block|sqlite|at \//i)
  }

  process.kill(world.rollcall.enginePid() ?? Number.NaN, 'SIGKILL')
  await all()
  await until(async () => (await metric(world.url, 'rollcall_inbox_events')) === 0)
  await world.restart()
  expect((await native(world.url, apiKey)('GET', path)).status).toBe(200)

  const { privateKey } = (await world.rollcall.app.serviceKeys.open('events'))[0] ?? {}
  const secrets = {
    marker,
    apiKey,
    licence,
    adminKey,
    infraKey,
    wrongKey,
    wrongLicence,
    privateKeyOfClient: helper.privateKey,
    masterKey: (await readFile(join(world.folder, 'master.key'), 'utf8')).trim(),
    privateKey: Buffer.from(privateKey ?? []).toString('base64'),
    privateKeyInHex: Buffer.from(privateKey ?? []).toString('hex'),
  }
  const logged = text()
  expect(logged).toContain('nobody foresaw')
  expect(logged).toContain('The event engine answers again.')
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(15)
    expect(logged.includes(secret), `${name} is in the log`).toBe(false)
  }
})

test('what the store refuses is in no log either, not even in that of the engine', async () => {
  await using folder = await temporaryFolder()
  const written: string[] = []
  const log = (...said: unknown[]) => void written.push(JSON.stringify(said))
  await using engine = await startEngine({ folder: folder.path, readableTables, log })
  await using store = await openEventStore({ ...storeOptions(engine), log })
  const marker = 'Content-Of-An-Event'
  const [row = ''] = lines([event({ realm: acme, event_id: marker, user_id: marker, raw: `{"note":"${marker}"}` })])
  const poisonous = [
    row.replace(/"local_hour":-?\d+/, `"local_hour":"${marker}"`),
    row.replace('"raw":"{', '"raw":"{x'),
    row.slice(0, -4),
  ]
  for (const [n, one] of poisonous.entries()) {
    const refusal: unknown = await store.insert([one], `token ${n}`).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Error)
    expect(String(refusal)).not.toContain(marker)
  }
  for (const name of ['engine.log', ...(await readdir(folder.path)).filter((one) => one.endsWith('.log'))])
    expect(await readFile(join(folder.path, name), 'utf8')).not.toContain(marker)
  expect(written.join('')).not.toContain(marker)
})

test('what lies in the data folder is for its owner alone', async () => {
  await using world = await startWorld({ ROLLCALL_ADMIN_KEY: '' })
  const modes = await modesOf(world.folder)
  expect(Object.keys(modes)).toEqual(
    expect.arrayContaining(['admin.key', 'control.db', 'events', 'lock.db', 'master.key']),
  )
  const folders = ['events', 'files', 'outbox']
  for (const [name, mode] of Object.entries(modes))
    expect([name, mode]).toEqual([name, folders.includes(name) ? '700' : '600'])
})

test('service keys are sealed under another master key by reseal, and clients need not ask for them again', async () => {
  await using world = await startWorld()
  const realm = await world.realm()
  const licence = await world.licence(realm, 'community')
  const client = await connect({ service: `${world.url}/events`, licence })
  expect((await client.putEvent(realm, 'E_X', { type: 'event', event_id: 'before' })).status).toBe(200)
  const sealed = () =>
    withControl(world, (control) =>
      control
        .prepare('select key_id, sealed_secret from service_key order by key_id')
        .all()
        .map(({ key_id, sealed_secret }) => [key_id, Buffer.from(sealed_secret as Uint8Array).toString('hex')]),
    )
  const masterKey = () => readFile(join(world.folder, 'master.key'), 'utf8')
  const [sealedBefore, keyBefore] = [sealed(), await masterKey()]
  expect(sealedBefore.length).toBeGreaterThan(0)

  const program = join(import.meta.dirname, '../../src/cli/rollcall.ts')
  const { PATH = '' } = process.env
  const reseal = () =>
    promisify(execFile)(process.execPath, [program, 'reseal'], {
      env: { PATH, ROLLCALL_DATA: world.folder, ROLLCALL_LOG_LEVEL: 'error' },
    })
  await expect(reseal()).rejects.toMatchObject({ stderr: expect.stringContaining('Another Rollcall process uses') })
  expect([sealed(), await masterKey()]).toEqual([sealedBefore, keyBefore])

  await world.rollcall.close()
  const { stdout } = await reseal()
  expect(stdout).toContain(`new master key: ${sealedBefore.length} (private service keys`)
  const keyAfter = await masterKey()
  expect(keyAfter).not.toBe(keyBefore)
  expect(stdout).not.toContain(keyAfter.trim())
  expect((await modesOf(world.folder))['master.key']).toBe('600')
  expect(sealed().map(([id]) => id)).toEqual(sealedBefore.map(([id]) => id))
  for (const [n, [, secret]] of sealed().entries()) expect(secret).not.toBe(sealedBefore[n]?.[1])

  await world.restart()
  const moved = await connect({ service: `${world.url}/events`, licence, pair: client.pair })
  expect(moved.serviceKey).toBe(client.serviceKey)
  expect((await moved.putEvent(realm, 'E_X', { type: 'event', event_id: 'after' })).status).toBe(200)
  const found = eventsOf(await native(world.url)('GET', `${pathOf(realm)}/events`)).map((one) => one.event_id)
  expect(found.toSorted()).toEqual(['after', 'before'])
})
