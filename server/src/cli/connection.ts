import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createClient, type Problem, type RollcallClient } from '@rollcall/client'
import type { Command } from 'commander'
import { loadSettings } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { CliProblem } from './print.ts'

export interface ConnectOptions {
  readonly url?: string
  readonly key?: string
}

/** Adds the options of every command that talks to a running server. */
export const withConnection = (command: Command): Command =>
  command
    .option('--url <address>', 'where the server is (default: from the settings, http://127.0.0.1:8484)')
    .option('--key <key>', 'an api key (default: ROLLCALL_ADMIN_KEY, else admin.key of the data folder)')

/** Where a server with these settings is reached from this machine. */
export const addressOf = (settings: Settings): string => {
  const anywhere = settings.host === '0.0.0.0' || settings.host === '::'
  const host = anywhere ? '127.0.0.1' : settings.host.includes(':') ? `[${settings.host}]` : settings.host
  return settings.publicUrl ?? `${settings.tlsCert ? 'https' : 'http'}://${host}:${settings.port}`
}

const keyOf = async (settings: Settings): Promise<string> => {
  if (settings.adminKey !== undefined) return settings.adminKey
  const file = join(resolve(settings.data), 'admin.key')
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch {
    throw new CliProblem(
      `No key: ${file} cannot be read. Start a server first, run this where its data folder is (ROLLCALL_DATA), or give --key.`,
    )
  }
}

/** A client of the running server that the options or the settings name. */
export const connect = async (options: ConnectOptions): Promise<RollcallClient> => {
  const settings = loadSettings()
  const baseUrl = options.url ?? addressOf(settings)
  if (!URL.canParse(baseUrl))
    throw new CliProblem(`--url ${baseUrl} is no address; it looks like http://127.0.0.1:8484`)
  return createClient({ baseUrl, key: options.key ?? (await keyOf(settings)), fetch: reach(baseUrl) })
}

const reach =
  (baseUrl: string) =>
  async (request: Request): Promise<Response> => {
    try {
      return await fetch(request)
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
      throw new CliProblem(
        `No Rollcall answers at ${baseUrl} (${cause}). Start one with "npm start", or name another with --url.`,
      )
    }
  }

const sentence = (problem: Partial<Problem>, status: number): string => {
  const issues = (problem.issues ?? []).map((issue) => `  - ${issue.message}`)
  const detail =
    problem.detail ?? problem.title ?? `The server answered ${status} in a form that this version does not know`
  return issues.length > 1 ? [problem.title ?? 'Refused', ...issues].join('\n') : detail
}

/** What a call answered. @throws CliProblem with the server's own words when it refused */
export const answered = <T>(result: { data?: T; error?: unknown; response: Response }): T => {
  if (result.response.ok) return result.data as T
  const problem = typeof result.error === 'object' && result.error !== null ? (result.error as Partial<Problem>) : {}
  const hint = result.response.status === 401 ? '. Give the right one with --key.' : ''
  throw new CliProblem(sentence(problem, result.response.status) + hint)
}

/** What a page of a list is asked with. */
interface AskedPage {
  readonly limit: number
  readonly after?: string
}

/** A list's pages, one after the other, as far as there are any. @throws CliProblem as `answered` does */
export const pagesOf = async function* <P extends { readonly next: string | null }>(
  ask: (page: AskedPage) => Promise<{ data?: P; error?: unknown; response: Response }>,
): AsyncGenerator<P> {
  for (let asked: AskedPage | undefined = { limit: 1_000 }; asked !== undefined; ) {
    const page: P = answered(await ask(asked))
    yield page
    asked = page.next === null ? undefined : { ...asked, after: page.next }
  }
}
