import Type from 'typebox'
import { Fault } from '../../../core/fault.ts'
import { sayConfig, sayResourceType, saySchema, schemasThereAre } from '../documents.ts'
import { LIST_SCHEMA } from '../list.ts'
import type { Resource } from '../normalise.ts'
import { Answer, errors, RealmPath, type RouteParts, seenBy, send } from '../route.ts'
import { resourceTypes } from '../schema/resource-type.ts'

const tags = ['What there is']
const NamedPath = Type.Object({ ...RealmPath.properties, name: Type.String({ minLength: 1, maxLength: 256 }) })

const listOf = (resources: readonly Resource[]): Resource => ({
  schemas: [LIST_SCHEMA],
  totalResults: resources.length,
  itemsPerPage: resources.length,
  startIndex: 1,
  Resources: resources,
})

/** What the surface can do: its configuration, its schemas and its kinds of resources. */
export const documentRoutes = (parts: RouteParts): void => {
  const { http } = parts
  const serve = (path: string, operationId: string, summary: string, make: (base: string) => Resource): void => {
    const schema = { operationId, tags, summary, params: RealmPath, response: { 200: Answer, ...errors() } }
    http.get<{ Params: { tenantId: string; communityId: string } }>(
      `/:tenantId/:communityId/${path}`,
      { schema },
      async (request, reply) => send(reply, 200, make((await seenBy(parts, request)).base)),
    )
  }
  const serveOne = (
    path: string,
    operationId: string,
    summary: string,
    find: (base: string, name: string) => Resource | undefined,
  ): void => {
    const schema = { operationId, tags, summary, params: NamedPath, response: { 200: Answer, ...errors() } }
    http.get<{ Params: { tenantId: string; communityId: string; name: string } }>(
      `/:tenantId/:communityId/${path}/:name`,
      { schema },
      async (request, reply) => {
        const { base } = await seenBy(parts, request)
        const { name } = request.params
        const found = find(base, name)
        if (!found) throw new Fault('not-found', { what: path, id: name }, `There is nothing of ${path} named so`)
        return send(reply, 200, found)
      },
    )
  }
  serve('ServiceProviderConfig', 'getServiceProviderConfig', 'Show what is supported', sayConfig)
  serve('Schemas', 'listSchemas', 'List the schemas', (base) =>
    listOf(schemasThereAre().map((schema) => saySchema(base, schema))),
  )
  serveOne('Schemas', 'getSchema', 'Show a schema', (base, name) => {
    const schema = schemasThereAre().find(({ id }) => id === name)
    return schema && saySchema(base, schema)
  })
  serve('ResourceTypes', 'listResourceTypes', 'List the kinds of resources', (base) =>
    listOf(resourceTypes.map((type) => sayResourceType(base, type))),
  )
  serveOne('ResourceTypes', 'getResourceType', 'Show a kind of resource', (base, name) => {
    const type = resourceTypes.find((one) => one.name === name)
    return type && sayResourceType(base, type)
  })
}
