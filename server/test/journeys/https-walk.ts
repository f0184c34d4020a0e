import { connect } from '../surfaces/onekosmos/client.ts'
import { adminKey } from '../world.ts'

/**
 * What a published 1Kosmos library does first: asks an https host for its service directory, learns the tenant, and
 * sends an event. Runs in a process of its own, whose trusted authorities are set from outside.
 */
const host = process.argv[2] ?? ''
const read = async (path: string, init?: RequestInit): Promise<Record<string, string>> => {
  const response = await fetch(`https://${host}${path}`, init)
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as Record<string, string>
}
const asOperator = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

await read('/v1/realms', asOperator({ tenant: { name: 'Acme', dns: [host] }, community: { name: 'default' } }))
const licence = await read('/v1/keys', asOperator({ kind: 'license', name: 'sdk', authLevel: 'system' }))
const directory = await read('/caas/sd')
const told = (await read('/api/r1/system/community_info/fetch', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ dns: host, communityName: 'default' }),
})) as unknown as { tenant: { id: string }; community: { id: string; publicKey: string } }
const client = await connect({ service: directory.events ?? '', licence: licence.secret ?? '' })
const reply = await client.putEvent({ tenantId: told.tenant.id, communityId: told.community.id }, 'E_LOGIN_SUCCEEDED', {
  type: 'event',
  user_id: 'ada',
})
process.stdout.write(
  JSON.stringify({ services: directory, status: reply.status, key: told.community.publicKey.length }),
)
