import type { RollcallClient } from '@rollcall/client'
import { answered } from '../connection.ts'
import type { RealmPath } from '../realm-name.ts'
import { administrators, staff } from './company.ts'
import { listeners, operators, safes, servers } from './privileged.ts'

type Draft = Parameters<typeof put>[4]

const put = async (
  client: RollcallClient,
  realm: RealmPath,
  kind:
    | 'user'
    | 'group'
    | 'role'
    | 'server'
    | 'safe'
    | 'account'
    | 'listener'
    | 'membership'
    | 'role_assignment'
    | 'grant',
  id: string,
  body: {
    readonly name?: string
    readonly display?: string
    readonly subject?: { kind: 'user' | 'group' | 'role'; id: string }
    readonly relation?: string
    readonly object?: { kind: 'server' | 'safe' | 'group' | 'role'; id: string }
    readonly attributes?: Record<string, string>
  },
): Promise<void> => {
  answered(
    await client.PUT('/v1/realms/{tenantId}/{communityId}/directory/{kind}/{id}', {
      params: { path: { ...realm, kind, id } },
      body,
    }),
  )
}

/** Fills the directory of the company: people, roles, machines, and who may do what with them. */
export const fillDirectory = async (client: RollcallClient, realm: RealmPath): Promise<void> => {
  const say = (kind: Parameters<typeof put>[2], id: string, body: Draft) => put(client, realm, kind, id, body)
  await say('group', 'operators', { name: 'operators', display: 'Server operators' })
  await say('role', 'admin', { name: 'admin' })
  for (const one of staff)
    await say('user', one.userId, {
      name: one.userId,
      display: `${one.firstname} ${one.lastname}`,
      attributes: { email: one.email },
    })
  for (const one of operators)
    await say('membership', `operators-${one.userId}`, {
      subject: { kind: 'user', id: one.userId },
      object: { kind: 'group', id: 'operators' },
    })
  for (const one of administrators)
    await say('role_assignment', `admin-${one.userId}`, {
      subject: { kind: 'user', id: one.userId },
      object: { kind: 'role', id: 'admin' },
    })
  for (const [at, one] of servers.entries()) {
    await say('server', one.id, {
      name: `${one.id}.acme.example`,
      display: one.name,
      attributes: { protocol: one.protocol, address: `192.0.2.${10 + at}` },
    })
    await say('account', one.account, { name: one.account })
  }
  for (const id of Object.values(listeners)) await say('listener', id, { name: id })
  for (const [id, display] of Object.entries(safes)) {
    await say('safe', id, { name: id, display })
    await say('grant', `operators-use-${id}`, {
      subject: { kind: 'group', id: 'operators' },
      relation: 'use',
      object: { kind: 'safe', id },
    })
    await say('grant', `admin-edit-${id}`, {
      subject: { kind: 'role', id: 'admin' },
      relation: 'edit',
      object: { kind: 'safe', id },
    })
  }
}
