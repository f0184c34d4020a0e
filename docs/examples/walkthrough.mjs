// Every endpoint of 1Kosmos Reports v2.1 once, on a running server. Needs nothing but Node 20 or newer.
//
//   export ADMIN=$(cat data/admin.key)                # makes a realm and two licences for the walk
//   export INFRA=… WORKER=…                           # ROLLCALL_INFRA_KEY and ROLLCALL_WORKER_KEY of the server
//   node docs/examples/walkthrough.mjs http://127.0.0.1:8484
import { createCipheriv, createDecipheriv, createECDH, randomBytes, randomUUID } from 'node:crypto'

const server = process.argv[2] ?? 'http://127.0.0.1:8484'
const { ADMIN = '', INFRA = '', WORKER = '' } = process.env

const stop = (sentence) => {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
const reach = (address, asked) =>
  fetch(address, asked).catch(({ message, cause }) =>
    stop(`No server answers at ${server} (${cause?.message ?? message}). Start one with "npm start", or name another.`),
  )

const native = async (path, body) => {
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' }
  const answer = await reach(`${server}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) stop(`${path} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}
const made = await native('/realms', { tenant: { name: `Walk ${Date.now()}` }, community: { name: 'main' } })
const realm = { tenantId: made.tenant.id, communityId: made.community.id }
const licence = (await native('/keys', { kind: 'license', authLevel: 'community', name: 'walk', realm })).secret
const system = (await native('/keys', { kind: 'license', authLevel: 'system', name: 'walk' })).secret

const { publicKey } = await (await reach(`${server}/reports/publickeys`)).json()
const ecdh = createECDH('secp256k1')
const publickey = ecdh.generateKeys().subarray(1).toString('base64')
const privateKey = ecdh.getPrivateKey().toString('base64')
const shared = ecdh.computeSecret(Buffer.concat([Buffer.of(4), Buffer.from(publicKey, 'base64')]))
const seal = (text) => {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-256-gcm', shared, iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}
const open = (text) => {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', shared, bytes.subarray(0, 16))
  decipher.setAuthTag(bytes.subarray(-16))
  return decipher.update(bytes.subarray(16, -16), undefined, 'utf8') + decipher.final('utf8')
}
const sealed = (key) => ({
  publickey,
  licensekey: seal(key),
  requestid: seal(JSON.stringify({ appid: 'walk', uuid: randomUUID(), ts: Math.floor(Date.now() / 1000) })),
})

const say = (line) => process.stdout.write(`${line}\n`)
let calls = 0
const call = async (method, path, { headers = sealed(licence), body, at = path } = {}) => {
  const answer = await reach(`${server}/reports${at}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  calls += 1
  say(`${String(calls).padStart(2)} ${method} ${path} ${answer.status} ${text.slice(0, 100)}`)
  if (!answer.ok) process.exitCode = 1
  return text.startsWith('{') ? JSON.parse(text) : text
}
const community = (method, name, body, headers) =>
  call(method, `/tenant/{tenantId}/community/{communityId}/${name}`, {
    body,
    headers,
    at: `/tenant/${realm.tenantId}/community/${realm.communityId}/${name}`,
  })

const download = {
  requestBy: 'ann@acme.example',
  notificationList: ['ann@acme.example'],
  eventData: { tenant_dns: 'acme.example', user_id: 'ann' },
}
const event = { type: 'event', user_id: 'ann', sp_name: 'wiki', auth_method: 'push' }

// Events in, and the queries.
await community('PUT', 'event/E_LOGIN_ATTEMPT', { data: seal(JSON.stringify(event)) })
await community('POST', 'events', { pSize: 10 })
await community('POST', 'transactions', {})
await community('POST', 'application_usage_report', {})
await community('POST', 'audit_log', {})
await community('POST', 'last_seen_report', { user_id: 'ann' })
await community('POST', 'login_activity_report', {})
await community('POST', 'v2/login_activity_report', {})
await community('POST', 'passwordless_login_activity_report', {})
await community('POST', 'service_onboarding_report', {})
await community('POST', 'service_usage_report', {})
await community('POST', 'metrics', { metricsName: 'M_C_LOGINS' })
await community('POST', 'role_assignment', { data_now: true })

// Files in the background, and their jobs.
const { jobId } = await community('POST', 'hardwaretokens_export', { reports_type: 'hardware_tokens', download })
await community('POST', 'verification_sessions_report', { query: {}, download })
await community('POST', 'download/jobs', { sort: [{ field: 'createdAt', order: 'desc' }], pSize: 10 })
const outside = {
  jobId: randomUUID(),
  ...realm,
  totalParts: 1,
  totalCount: 1,
  status: 'Pending',
  query: [],
  requestedBy: 'ann@acme.example',
  sendNotificationTo: ['ann@acme.example'],
  tenantDns: 'acme.example',
  user_id: 'ann',
  requestUuid: randomUUID(),
  createdAt: Date.now(),
  completedAt: 0,
  downloadLink: '',
  size: 0,
}
await community('POST', 'job', { data: seal(JSON.stringify(outside)) })
await community('PATCH', `job/${outside.jobId}`, { status: 'In Progress' }, { apikey: WORKER })
await community('PATCH', `download/job/${outside.jobId}`)
await call('DELETE', '/download/cleanup', { headers: { licensekey: INFRA } })

// Keys, and what needs none.
const { data } = await call('GET', '/servicekeys', { headers: sealed(system) })
const [{ keyId }] = JSON.parse(open(data))
await call('DELETE', '/servicekey/{keyId}', { headers: sealed(system), at: `/servicekey/${encodeURIComponent(keyId)}` })
await call('POST', '/ecdsa_helper/encrypt', { headers: {}, body: { dataStr: 'Hey', publicKey, privateKey } })
for (const path of ['/environment', '/healthz', '/publickeys', '/sd']) await call('GET', path, { headers: {} })

// A file, as the one who is told of it would open it.
for (let tries = 0; jobId && tries < 300; tries += 1) {
  const body = JSON.stringify({ pSize: 100 })
  const headers = { ...sealed(licence), 'content-type': 'application/json' }
  const at = `${server}/reports/tenant/${realm.tenantId}/community/${realm.communityId}/download/jobs`
  const { data: jobs } = await (await fetch(at, { method: 'POST', headers, body })).json()
  const job = jobs.find((one) => one.jobId === jobId)
  if (job?.status === 'Completed') {
    const file = await fetch(job.downloadLink)
    say(`The file of ${jobId}: ${file.status}, ${(await file.arrayBuffer()).byteLength} bytes`)
    break
  }
  await new Promise((resolve) => setTimeout(resolve, 200))
}
say(`${calls} endpoints`)
