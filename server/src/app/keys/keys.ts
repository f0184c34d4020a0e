import { uuidv7 } from 'uuidv7'
import { Fault, invalid } from '../../core/fault.ts'
import { demand, realmRoles } from '../../core/principal.ts'
import type { Control, KeyRecord } from '../../ports/control.ts'
import type { App, NewKey } from '../app.ts'
import type { FindRealm } from '../realms/enter.ts'
import type { Recall } from '../recall.ts'
import { hashSecret, newSecret } from './secrets.ts'

export interface KeysParts {
  readonly control: Control
  readonly findRealm: FindRealm
  readonly recall: Recall
  readonly now: () => number
}

/** Roles are those of an api key, and somebody with a place in a realm has one. @throws Fault `invalid` */
const refuseRoles = ({ kind, roles, realm }: NewKey): void => {
  if (!roles) return
  const refuse = (name: string, rule: string, message: string) => invalid([{ where: 'body', name, rule, message }])
  if (kind !== 'api') throw refuse('roles', 'conflict', 'A licence has an authLevel and no roles; leave roles out')
  const needs = roles.find((role) => (realmRoles as readonly string[]).includes(role))
  if (needs !== undefined && !realm)
    throw refuse('realm', 'required', `The role ${needs} is one within a realm; name the realm`)
}

/** Keys as their operator sees them: a secret is answered once, when it is made, and kept as a hash. */
export const createKeys = ({ control, findRealm, recall, now }: KeysParts): App['keys'] => {
  const realmOf = async (named: { tenantId: string; communityId: string }, where: string) => {
    const record = await findRealm(named.tenantId, named.communityId)
    if (!record)
      throw invalid([
        { where: 'body', name: where, rule: 'unknown', message: 'There is no such realm; create it first' },
      ])
    return record.realm
  }
  return {
    async create(principal, key) {
      demand(principal, 'keys.manage')
      if (key.expiresAt !== undefined && key.expiresAt <= now())
        throw invalid([{ where: 'body', name: 'expiresAt', rule: 'range', message: 'expiresAt must be in the future' }])
      const realm = key.realm ? await realmOf(key.realm, 'realm') : null
      if (key.kind === 'license' && !key.authLevel)
        throw invalid([
          {
            where: 'body',
            name: 'authLevel',
            rule: 'required',
            message: 'A licence needs an authLevel: system, service, tenant or community',
          },
        ])
      if (key.kind === 'license' && key.authLevel !== 'system' && key.authLevel !== 'service' && !realm)
        throw invalid([
          {
            where: 'body',
            name: 'realm',
            rule: 'required',
            message: `A licence of authLevel ${key.authLevel} needs a realm`,
          },
        ])
      refuseRoles(key)
      const id = uuidv7()
      const secret = key.secret ?? newSecret(key.kind)
      const record: KeyRecord = {
        id,
        kind: key.kind,
        name: key.name,
        realm,
        authLevel: key.authLevel ?? null,
        user: key.user ?? null,
        roles: key.roles ?? null,
        disabled: key.disabled ?? false,
        expiresAt: key.expiresAt ?? null,
        createdAt: now(),
        tag: key.kind === 'license' ? (key.tag ?? id) : null,
        keyId: key.kind === 'license' ? (key.keyId ?? id) : null,
        description: key.description ?? null,
        modules: key.modules ?? null,
      }
      await control.keys.create(record, hashSecret(secret))
      recall.forget()
      return { record, secret }
    },
    async list(principal, options) {
      demand(principal, 'keys.manage')
      const { realm, ...rest } = options
      return await control.keys.list(realm ? { ...rest, realm: await realmOf(realm, 'realm') } : rest)
    },
    async remove(principal, id) {
      demand(principal, 'keys.manage')
      const removed = await control.keys.remove(id)
      recall.forget()
      if (!removed) throw new Fault('not-found', { what: 'key', id }, 'There is no key with this id')
    },
  }
}
