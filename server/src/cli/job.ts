import type { Command } from 'commander'
import { answered, type ConnectOptions, connect, withConnection } from './connection.ts'
import { say, table } from './print.ts'
import { chooseRealm } from './realm-name.ts'

interface Words extends ConnectOptions {
  readonly realm?: string
}

const inRealm = (command: Command): Command =>
  withConnection(command).option('--realm <realm>', 'which realm, <tenantId>/<communityId> (default: the only one)')

const open = async (words: Words) => {
  const client = await connect(words)
  return { client, realm: await chooseRealm(client, words.realm) }
}

const list = async (words: Words): Promise<void> => {
  const { client, realm } = await open(words)
  const query = { limit: 1_000 }
  const found = answered(
    await client.GET('/v1/realms/{tenantId}/{communityId}/jobs', { params: { path: realm, query } }),
  )
  if (found.jobs.length === 0) return say('There are no jobs. Make one: POST /v1/realms/…/exports, or a download.')
  const heads = ['Id', 'Kind', 'Status', 'Asked for', 'By', 'Rows', 'Bytes', 'Reason']
  say(
    table(
      heads,
      found.jobs.map((job) => [
        job.id,
        job.kind,
        job.status,
        job.createdAt,
        job.requestedBy,
        job.rows,
        job.bytes ?? '',
        job.reason ?? '',
      ]),
    ),
  )
  if (found.total > found.jobs.length) say(`${found.jobs.length} of ${found.total}, the newest first`)
}

const show = async (id: string, words: Words): Promise<void> => {
  const { client, realm } = await open(words)
  const params = { path: { ...realm, id } }
  const { deliveries = [], ...job } = answered(
    await client.GET('/v1/realms/{tenantId}/{communityId}/jobs/{id}', { params }),
  )
  say(
    table(
      ['', ''],
      Object.entries(job).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : value]),
    ),
  )
  if (deliveries.length > 0)
    say(
      table(
        ['Delivery', 'To', 'State', 'Attempts', 'Error'],
        deliveries.map((one) => [one.id, one.address, one.state, one.attempts, one.error ?? '']),
      ),
    )
}

/** `rollcall job`: list, show, cancel, resend. */
export const jobCommand = (job: Command): void => {
  inRealm(job.command('list')).description('list what is made in the background, the newest first').action(list)
  inRealm(job.command('show <id>')).description('show a job, and where each message about it stands').action(show)
  inRealm(job.command('cancel <id>'))
    .description('cancel a job that has not ended; its query is stopped')
    .action(async (id: string, words: Words) => {
      const { client, realm } = await open(words)
      const params = { path: { ...realm, id } }
      answered(await client.POST('/v1/realms/{tenantId}/{communityId}/jobs/{id}/cancel', { params }))
      say(`Cancelled ${id}.`)
    })
  inRealm(job.command('resend <delivery>'))
    .description('send a message again that failed, or of which it is unknown whether it arrived')
    .action(async (id: string, words: Words) => {
      const { client, realm } = await open(words)
      const params = { path: { ...realm, id } }
      const one = answered(await client.POST('/v1/realms/{tenantId}/{communityId}/deliveries/{id}/resend', { params }))
      say(`It goes to ${one.address} again.`)
    })
}
