import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Settings } from '../../config/settings.ts'
import { type Check, type Finding, note, reasonOf, well, wrong } from './check.ts'

const PATIENCE_MS = 3_000
const CLOCK_SLACK_MS = 5_000

const isFree = async (host: string, port: number): Promise<string | undefined> => {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    server.close()
  }
}

interface Health {
  readonly status?: string
  readonly parts?: Readonly<Record<string, boolean>>
}

const judge = async (answer: Response, address: string): Promise<readonly Finding[]> => {
  const health = (await answer.json().catch(() => ({}))) as Health
  if (health.parts === undefined)
    return [
      wrong(`Something that is no Rollcall answers at ${address}.`, 'Stop it, or set ROLLCALL_PORT to another port.'),
    ]
  const away = Object.entries(health.parts).filter(([, up]) => !up)
  const off = Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now())
  return [
    away.length === 0
      ? well(`A Rollcall answers at ${address} and is well.`)
      : wrong(
          `A Rollcall answers at ${address}, but these parts do not: ${away.map(([name]) => name).join(', ')}.`,
          'Its log says why. The engine is started again by itself; a database by URL must be reachable.',
        ),
    ...(off > CLOCK_SLACK_MS
      ? [wrong(`Its clock and this machine's differ by ${Math.round(off / 1_000)} s.`, 'Set both by a time server.')]
      : []),
  ]
}

const check = async (settings: Settings, address: string): Promise<Finding | readonly Finding[]> => {
  if (settings.port === 0) return well('A free port is taken at each start (ROLLCALL_PORT is 0).')
  const taken = await isFree(settings.host, settings.port)
  if (taken === undefined) return well(`Port ${settings.port} on ${settings.host} is free; no server runs there.`)
  if (taken === 'EACCES')
    return wrong(
      `This account may not listen on port ${settings.port}.`,
      'Set ROLLCALL_PORT to 1024 or above, or put a proxy in front.',
    )
  if (taken !== 'EADDRINUSE')
    return wrong(
      `It cannot listen on ${settings.host} port ${settings.port} (${taken}).`,
      'Set ROLLCALL_HOST to an address of this machine.',
    )
  try {
    return await judge(await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(PATIENCE_MS) }), address)
  } catch (error) {
    if (settings.tlsCert !== undefined)
      return note(
        `Port ${settings.port} is taken, by a Rollcall perhaps; it cannot be asked (${reasonOf(error)}).`,
        'If its certificate is of your own authority, set NODE_EXTRA_CA_CERTS and ask again.',
      )
    return wrong(
      `Port ${settings.port} is taken by something that is no Rollcall (${reasonOf(error)}).`,
      'Stop it, or set ROLLCALL_PORT to another port.',
    )
  }
}

/** Whether the port is free, or a well Rollcall answers on it. */
export const port: Check = { name: 'Port', run: check }
