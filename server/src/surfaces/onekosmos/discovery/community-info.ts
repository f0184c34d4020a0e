import { Type } from 'typebox'
import type { App, RealmRecord } from '../../../app/app.ts'
import { Fault, type Issue, invalid } from '../../../core/fault.ts'
import type { Http, SurfaceContext } from '../../../http/surface.ts'
import { bodyIssue, emptyField, fieldsOf } from '../json-body.ts'
import { refusals } from '../service/shapes.ts'
import { logo } from './logo.ts'

const text = (description: string) => Type.String({ description })
const none = (description: string) => Type.Null({ description })

const Info = Type.Object(
  {
    tenant: Type.Object({
      id: text('The id of the tenant, as in paths'),
      tenanttype: text("Always 'master'"),
      tenanttag: text('A short name'),
      name: text('The name of the tenant'),
      dns: text('Its first host name; empty when it has none'),
      otherDNS: Type.Array(Type.String(), { description: 'Its other host names' }),
    }),
    community: Type.Object({
      id: text('The id of the community, as in paths'),
      tenantid: text('The id of its tenant'),
      name: text('The name of the community'),
      publicKey: text('The public key of its services'),
      logo: Type.Optional(text('A picture, as a data address; not with skipLogos')),
      mobileLogo: Type.Optional(text('The same for small screens')),
      accountsPerPerson: none('Not limited here'),
      personsPerAccount: none('Not limited here'),
      personLimitRule: none('Not limited here'),
      otpSeed: none('Not kept here'),
    }),
    message: none('Nothing to say'),
  },
  { description: 'The tenant and its community' },
)

const Asked = Type.Object({
  dns: Type.Optional(text('A host name of the tenant, or')),
  tenantId: Type.Optional(text('the id of the tenant')),
  communityName: Type.Optional(text("The name of the community, 'default' unless said, or")),
  communityId: Type.Optional(text('the id of the community')),
  skipLogos: Type.Optional(Type.Boolean({ description: 'Leaves the pictures out' })),
})

const names = ['dns', 'tenantId', 'communityName', 'communityId'] as const
type Named = Partial<Record<(typeof names)[number], string>>

/** Clients send what they were configured with: a host, with or without scheme and path. */
const hostOf = (dns: string): string =>
  dns
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .toLowerCase()

const readNames = (fields: Readonly<Record<string, unknown>>, issues: Issue[]): Named => {
  const found: Named = {}
  for (const name of names) {
    const sent = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (sent === undefined || sent === null || sent === '') continue
    if (typeof sent !== 'string') issues.push(bodyIssue(name, 'type', 'This field should be a string'))
    else if (sent.length > 512) issues.push(bodyIssue(name, 'size', 'This field should not exceed 512 characters'))
    else found[name] = name === 'dns' ? hostOf(sent) : sent
  }
  if (issues.length === 0 && !found.dns && !found.tenantId) issues.push(emptyField('dns'))
  return found
}

/** A host with a port is looked for as it is, and as the name alone. */
const hostsOf = (dns: string | undefined): readonly (string | undefined)[] =>
  dns === undefined ? [undefined] : [...new Set([dns, dns.replace(/:\d{1,5}$/, '')])]

/** Without a word about the community it is the one named `default`, else any of the tenant's. */
const communitiesOf = ({ communityId, communityName }: Named): readonly Named[] =>
  communityId !== undefined || communityName !== undefined
    ? [{ ...(communityId ? { communityId } : {}), ...(communityName ? { communityName } : {}) }]
    : [{ communityName: 'default' }, {}]

const find = async (app: App, by: Named): Promise<RealmRecord | undefined> => {
  for (const dns of hostsOf(by.dns))
    for (const community of communitiesOf(by)) {
      const tenant = by.tenantId === undefined ? {} : { tenantId: by.tenantId }
      const found = await app.realms.discover({ ...(dns === undefined ? {} : { dns }), ...tenant, ...community })
      if (found) return found
    }
  return undefined
}

/** `POST /api/r1/system/community_info/fetch`, without a key: what a client must know of a tenant to talk to it. */
export const communityInfoRoute = (http: Http, context: SurfaceContext): void => {
  const { app } = context
  const schema = {
    summary: 'Tenant and community',
    description: 'Finds a tenant by one of its host names or its id, and a community of it by name or id.',
    tags: ['Discovery'],
    body: Asked,
    response: { 200: Info, ...refusals(400, 404, 413, 429, 503) },
  }
  http.post('/api/r1/system/community_info/fetch', { schema }, async (request) => {
    const issues: Issue[] = []
    const fields = fieldsOf(request, issues)
    const by = readNames(fields, issues)
    if (issues.length > 0) throw invalid(issues)
    const record = await find(app, by)
    if (!record)
      throw new Fault(
        'not-found',
        { what: 'tenant', id: by.dns ?? by.tenantId ?? '' },
        'There is no such tenant and community here; a tenant is found by the host names that its operator gave it',
      )
    const [key] = await app.serviceKeys.open('events')
    const [dns = '', ...otherDNS] = record.tenant.dns
    return {
      tenant: {
        id: record.tenant.id,
        tenanttype: 'master',
        tenanttag: record.tenant.tag,
        name: record.tenant.name,
        dns,
        otherDNS,
      },
      community: {
        id: record.community.id,
        tenantid: record.tenant.id,
        name: record.community.name,
        publicKey: key?.keyId ?? '',
        ...(fields.skipLogos === true ? {} : { logo, mobileLogo: logo }),
        accountsPerPerson: null,
        personsPerAccount: null,
        personLimitRule: null,
        otpSeed: null,
      },
      message: null,
    }
  })
}
