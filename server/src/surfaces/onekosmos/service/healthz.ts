import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { comesFromOperator } from './operator-key.ts'
import type { ServiceParts } from './service-parts.ts'
import { versionOf } from './version.ts'

const Health = Type.Object(
  {
    status: Type.String({ description: "'all services operational', or which part is not" }),
    publicKey: Type.String({ description: 'As /publickeys answers it; empty while it cannot be read' }),
    code: Type.String({ description: "'200' or '503'" }),
    version: Type.String({ description: '<tag>.<commit>.<date of build>, without the tag when there was none' }),
    syntheticheartbeatId: Type.Optional(
      Type.String({ description: 'Under which the log has more; with a synthetic-heartbeat and a good licence' }),
    ),
  },
  { description: 'How the parts are' },
)

/** What a part is called where its failure is told. */
const names: Readonly<Record<string, string>> = {
  events: 'event store',
  control: 'control store',
  inbox: 'inbox',
}

/** `GET /healthz`, without a key; a synthetic heartbeat with an operator's licence leaves more in the log. */
export const healthzRoute = ({ http, context, envelope }: ServiceParts): void => {
  const { app, build } = context
  const schema = {
    summary: 'Health',
    description: 'Whether every part answers. 503 names the part that does not.',
    tags: ['Healthz'],
    headers: Type.Object({
      'synthetic-heartbeat': Type.Optional(Type.String({ description: 'Leaves more about the health in the log' })),
      licensekey: Type.Optional(Type.String({ description: 'A system licence or the infra key, in the clear' })),
    }),
    response: { 200: Health, 503: Health },
  }
  http.get('/healthz', { schema }, async (request, reply) => {
    const health = await app.health()
    const away = Object.entries(health).flatMap(([part, well]) => (well ? [] : [names[part] ?? part]))
    const code = away.length === 0 ? 200 : 503
    const answer = {
      status: away.length === 0 ? 'all services operational' : `not operational: ${away.join(', ')}`,
      publicKey: await envelope.publicKey().catch(() => ''),
      code: String(code),
      version: versionOf(build),
    }
    const beats = Boolean(request.headers['synthetic-heartbeat'])
    if (!beats || !health.control || !(await comesFromOperator(app, request.headers)))
      return reply.code(code).send(answer)
    const syntheticheartbeatId = randomUUID()
    const { rss, heapUsed } = process.memoryUsage()
    request.log.info(
      { reqId: request.id, syntheticheartbeatId, health, rss, heapUsed, uptimeSeconds: Math.floor(process.uptime()) },
      'Synthetic heartbeat',
    )
    return reply.code(code).send({ ...answer, syntheticheartbeatId })
  })
}
