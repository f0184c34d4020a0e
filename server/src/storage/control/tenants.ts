import type { Kysely, Transaction } from 'kysely'
import { Fault, type Issue } from '../../core/fault.ts'
import type { RealmDraft } from '../../ports/control.ts'
import type { Tables } from './tables.ts'
import { nameIssues, refuseIssues } from './text.ts'

const DNS_LENGTH = 253
const DNS_LABEL = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/
/** Clients name a host as they call it, with its port where it is not the usual one. */
const PORT = /:\d{1,5}$/
const TAG_LENGTH = 40

/** The dns names of tenants, in the order in which they were given. */
export const namesOfTenants = async (
  from: Pick<Kysely<Tables>, 'selectFrom'>,
  tenantIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (tenantIds.length === 0) return new Map()
  const rows = await from
    .selectFrom('tenant_dns')
    .select(['tenant_id', 'name'])
    .where('tenant_id', 'in', tenantIds)
    .orderBy('place')
    .execute()
  const byTenant = Map.groupBy(rows, (row) => row.tenant_id)
  return new Map([...byTenant].map(([id, names]) => [id, names.map(({ name }) => name)]))
}

const dnsIssues = (names: readonly string[]): Issue[] =>
  names
    .filter(
      (name) =>
        name.length > DNS_LENGTH ||
        !name
          .replace(PORT, '')
          .split('.')
          .every((label) => DNS_LABEL.test(label)),
    )
    .map((name) => ({
      where: 'body',
      name: 'tenant.dns',
      rule: 'format',
      message: `${JSON.stringify(name.slice(0, DNS_LENGTH))} is not a dns name`,
    }))

const lowered = (names: readonly string[]): string[] => [...new Set(names.map((name) => name.toLowerCase()))]

/** @throws Fault `conflict` when one of these names is another tenant's. */
const refuseTakenDns = async (trx: Transaction<Tables>, tenantId: string, names: readonly string[]): Promise<void> => {
  if (names.length === 0) return
  const taken = await trx
    .selectFrom('tenant_dns')
    .select('name')
    .where('name', 'in', names)
    .where('tenant_id', '!=', tenantId)
    .executeTakeFirst()
  if (taken)
    throw new Fault(
      'conflict',
      { what: 'dns', id: taken.name, why: 'in-use' },
      `The dns name ${taken.name} belongs to another tenant`,
    )
}

/** Makes these the tenant's dns names, in small letters. @throws Fault `invalid`, `conflict` */
export const putDns = async (trx: Transaction<Tables>, tenantId: string, dns: readonly string[]): Promise<void> => {
  const names = lowered(dns)
  refuseIssues(dnsIssues(names))
  await refuseTakenDns(trx, tenantId, names)
  await trx.deleteFrom('tenant_dns').where('tenant_id', '=', tenantId).execute()
  if (names.length === 0) return
  await trx
    .insertInto('tenant_dns')
    .values(names.map((name, place) => ({ name, tenant_id: tenantId, place })))
    .execute()
}

/** @throws Fault `conflict` when the tag is another tenant's. */
export const refuseTakenTag = async (trx: Transaction<Tables>, tag: string, tenantId: string): Promise<void> => {
  if (await tagTaken(trx, tag, tenantId))
    throw new Fault('conflict', { what: 'tag', id: tag, why: 'in-use' }, `The tag ${tag} belongs to another tenant`)
}

const tagTaken = async (trx: Transaction<Tables>, tag: string, tenantId: string): Promise<boolean> =>
  (await trx
    .selectFrom('tenant')
    .select('id')
    .where('tag', '=', tag)
    .where('id', '!=', tenantId)
    .executeTakeFirst()) !== undefined

/** A tag out of the tenant's name, with its id where the name yields none or one that is taken. */
const defaultTag = async (trx: Transaction<Tables>, id: string, name: string): Promise<string> => {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, TAG_LENGTH)
    .replaceAll(/^-+|-+$/g, '')
  if (slug !== '' && !(await tagTaken(trx, slug, id))) return slug
  return slug === '' ? id : `${slug}-${id}`
}

/**
 * Adds a tenant unless it is there; a tenant that is there keeps what is stored of it, whatever the draft says.
 * @throws Fault `invalid`, `conflict` when its tag or one of its dns names is another tenant's.
 */
export const addTenant = async (
  trx: Transaction<Tables>,
  id: string,
  { tag, name, dns = [] }: RealmDraft['tenant'],
): Promise<void> => {
  refuseIssues([...nameIssues('tenant.name', name), ...nameIssues('tenant.tag', tag), ...dnsIssues(lowered(dns))])
  await refuseTakenDns(trx, id, lowered(dns))
  const there = await trx.selectFrom('tenant').select('id').where('id', '=', id).executeTakeFirst()
  if (there) return
  if (tag !== undefined) await refuseTakenTag(trx, tag, id)
  await trx
    .insertInto('tenant')
    .values({ id, tag: tag ?? (await defaultTag(trx, id, name)), name })
    .execute()
  await putDns(trx, id, dns)
}

/** The tenant that a host name is of: one of its dns names, with or without the port, else its first label is the tag. */
export const tenantOfHost = async (
  from: Pick<Kysely<Tables>, 'selectFrom'>,
  host: string,
): Promise<string | undefined> => {
  const name = host.toLowerCase()
  const bare = name.replace(PORT, '')
  const named = await from
    .selectFrom('tenant_dns')
    .select(['tenant_id', 'name'])
    .where('name', 'in', [name, bare])
    .execute()
  const exact = named.find((one) => one.name === name) ?? named[0]
  if (exact) return exact.tenant_id
  const [label = '', ...rest] = bare.split('.')
  // An address in numbers is no name, and a name alone is one's own machine.
  if (rest.length === 0 || label === '' || /^\d+$/.test(label)) return undefined
  const tagged = await from
    .selectFrom('tenant')
    .select(['id', 'tag'])
    .where((eb) => eb(eb.fn<string>('lower', ['tag']), '=', label))
    .limit(2)
    .execute()
  return tagged.length > 1 ? tagged.find(({ tag }) => tag === label)?.id : tagged[0]?.id
}
