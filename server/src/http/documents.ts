import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { Http, Surface } from './surface.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The OpenAPI document of each surface, by its name. */
    documents: Map<string, () => object>
  }
}

/** Starts the OpenAPI 3.1 document of a surface; every route registered on the instance after this is in it. */
export const documentSurface = async (http: Http, surface: Surface): Promise<void> => {
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: surface.title,
        description: surface.about,
        version: '1',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      // Relative to the document, so that it is right behind every proxy and the same wherever it is written.
      servers: [{ url: '/' }],
      ...(surface.security ? { components: { securitySchemes: surface.security as never } } : {}),
    },
    refResolver: { buildLocalReference: (schema, _base, _fragment, at) => String(schema.$id ?? `schema-${at}`) },
  })
  http.documents.set(surface.name, () => http.swagger())
}

/** What the page that browses the documents may load: its own files and nothing from elsewhere. */
const pagePolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "base-uri 'self'",
  "frame-ancestors 'self'",
  "object-src 'none'",
].join('; ')

/** Serves the documents at `/openapi/<surface>.json` and a page to browse them at `/docs`, which loads nothing from elsewhere. */
export const serveDocumentation = async (http: Http, surfaces: readonly Surface[]): Promise<void> => {
  for (const surface of surfaces)
    http.get(`/openapi/${surface.name}.json`, { schema: { hide: true } }, async () =>
      http.documents.get(surface.name)?.(),
    )
  await http.register(async (instance) => {
    await instance.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'Rollcall', version: '1' } } })
    await instance.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: pagePolicy,
      uiConfig: {
        urls: surfaces.map(({ name, title }) => ({ name: title, url: `/openapi/${name}.json` })),
        validatorUrl: null,
      } as never,
    })
  })
}
