import Fastify from 'fastify'
import { newPair } from '../../server/test/surfaces/onekosmos/client.ts'
import { playRole } from '../roles/play.ts'

/** The most that this framework can do: one route that parses the same sealed body, and answers. */
await playRole(async () => {
  const http = Fastify()
  http.put('/events/tenant/:tenantId/community/:communityId/event/:eventName', () => ({ status: 'ok' }))
  await http.listen({ host: '127.0.0.1', port: 0 })
  const address = http.server.address()
  return {
    ready: { port: typeof address === 'object' ? (address?.port ?? 0) : 0, serviceKey: newPair().publicKey },
    asks: {},
    close: () => http.close(),
  }
})
