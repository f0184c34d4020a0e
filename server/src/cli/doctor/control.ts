import { once } from 'node:events'
import { connect } from 'node:net'
import type { Settings } from '../../config/settings.ts'
import { type Check, type Finding, reasonOf, well, wrong } from './check.ts'

const PATIENCE_MS = 5_000

const check = async (settings: Settings): Promise<Finding> => {
  if (settings.controlUrl === undefined) return well('State is kept in SQLite in the data folder.')
  const { hostname, port } = new URL(settings.controlUrl)
  const socket = connect({ host: hostname || 'localhost', port: Number(port || 5432) })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(PATIENCE_MS) })
    return well(`Something answers at ${hostname}:${port || 5432}, where PostgreSQL should be.`)
  } catch (error) {
    return wrong(
      `PostgreSQL does not answer at ${hostname}:${port || 5432} (${reasonOf(error)}).`,
      'Check ROLLCALL_CONTROL_URL, and whether a firewall stands between.',
    )
  } finally {
    socket.destroy()
  }
}

/** Whether the state can be reached. */
export const control: Check = { name: 'State', run: check }
