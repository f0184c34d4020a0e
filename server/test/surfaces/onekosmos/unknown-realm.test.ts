import { expect, it } from 'vitest'
import { infraKey, startWorld } from '../../world.ts'
import { connect } from './client.ts'

it('tells a system licence that a realm is not there, and the infra key that it is not its own', async () => {
  await using world = await startWorld()
  const ask = async (licence: string): Promise<number> => {
    const client = await connect({ service: `${world.url}/reports`, licence })
    return (await client.call('POST', '/tenant/nobody/community/nowhere/events', {})).status
  }
  expect(await ask(await world.licence(undefined, 'system'))).toBe(404)
  expect(await ask(infraKey)).toBe(403)
})
