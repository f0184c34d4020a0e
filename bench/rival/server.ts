import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Fastify from 'fastify'
import pg from 'pg'
import { playRole } from '../roles/play.ts'
import { insertGroups, insertOne } from './insert.ts'
import { type Asked, questions } from './questions.ts'
import { rowOf } from './row.ts'

export interface RivalOptions {
  readonly database: string
  readonly pool: number
  readonly insert: 'one' | 'groups'
  readonly realm: { readonly tenantId: string; readonly communityId: string }
  readonly licence: string
}

const sql = (file: string): Promise<string> => readFile(join(import.meta.dirname, file), 'utf8')

/** What somebody would write by hand for the same job: Fastify and pg, one indexed table, plain JSON. */
await playRole(async (options: RivalOptions) => {
  const pool = new pg.Pool({ connectionString: options.database, max: options.pool })
  await pool.query(await sql('tables.sql'))
  await pool.query(await sql('indexes.sql'))
  const realmIds = new Map([[`${options.realm.tenantId}/${options.realm.communityId}`, 1]])
  const insert = options.insert === 'one' ? insertOne(pool) : insertGroups(pool)

  const http = Fastify({ bodyLimit: 262_144 })
  http.addHook('onRequest', async (request, reply) => {
    if (request.headers.licensekey !== options.licence) return await reply.code(401).send({ error: 'Unauthorized' })
  })
  http.put<{ Params: { tenantId: string; communityId: string; eventName: string }; Body: Record<string, unknown> }>(
    '/events/tenant/:tenantId/community/:communityId/event/:eventName',
    {
      schema: {
        body: { type: 'object', required: ['type'], properties: { type: { type: 'string', minLength: 1 } } },
        response: { 200: { type: 'object', properties: { status: { type: 'string' } } } },
      },
    },
    async (request, reply) => {
      const { tenantId, communityId, eventName } = request.params
      const realmId = realmIds.get(`${tenantId}/${communityId}`)
      if (realmId === undefined) return await reply.code(403).send({ error: 'Forbidden' })
      await insert(rowOf(realmId, eventName, request.body))
      return { status: 'ok' }
    },
  )
  http.post<{ Params: { name: string }; Body: Asked }>('/reports/:name', async (request, reply) => {
    const question = questions[request.params.name]
    if (!question) return await reply.code(404).send({ error: 'Not Found' })
    const [page, total] = await Promise.all([
      pool.query({
        name: `${request.params.name}-page`,
        text: question.page,
        values: question.pageValues(request.body),
      }),
      question.total === undefined
        ? undefined
        : pool.query({ name: `${request.params.name}-total`, ...question.total(request.body) }),
    ])
    return { total: Number(total?.rows[0]?.total ?? page.rows[0]?.total ?? 0), data: page.rows }
  })
  await http.listen({ host: '127.0.0.1', port: 0 })
  const address = http.server.address()
  return {
    ready: { port: typeof address === 'object' ? (address?.port ?? 0) : 0 },
    asks: {},
    async close() {
      await http.close()
      await pool.end()
    },
  }
})
