import type { Resource } from './normalise.ts'
import type { Attribute, Schema } from './schema/attribute.ts'
import { type ResourceType, resourceTypes } from './schema/resource-type.ts'

const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Schema'
const RESOURCE_TYPE = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'
const CONFIG = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'

/** Most resources of one answer. */
export const MOST_RESULTS = 200

const sayAttribute = ({ subAttributes, ...attribute }: Attribute): Resource => ({
  ...attribute,
  ...(subAttributes ? { subAttributes: subAttributes.map(sayAttribute) } : {}),
})

export const saySchema = (base: string, schema: Schema): Resource => ({
  schemas: [SCHEMA],
  id: schema.id,
  name: schema.name,
  description: schema.description,
  attributes: schema.attributes.map(sayAttribute),
  meta: { resourceType: 'Schema', location: `${base}/Schemas/${schema.id}` },
})

export const schemasThereAre = (): readonly Schema[] =>
  resourceTypes.flatMap((type: ResourceType) => [type.schema, ...type.extensions])

export const sayResourceType = (base: string, type: ResourceType): Resource => ({
  schemas: [RESOURCE_TYPE],
  id: type.name,
  name: type.name,
  endpoint: type.endpoint,
  description: type.schema.description,
  schema: type.schema.id,
  schemaExtensions: type.extensions.map(({ id }) => ({ schema: id, required: false })),
  meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${type.name}` },
})

export const sayConfig = (base: string): Resource => ({
  schemas: [CONFIG],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MOST_RESULTS },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Key',
      description: 'Authorization: Bearer and the admin key, or an api key of the realm',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
})
