import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** What was built: a tag when there is one, the commit, and the date in epoch seconds. */
export interface BuildInfo {
  readonly tag: string | null
  readonly commit: string
  readonly date: number
}

const run = promisify(execFile)
const folder = new URL('../../', import.meta.url)

const fromGit = async (): Promise<BuildInfo> => {
  const options = { cwd: folder, timeout: 2_000 }
  const { stdout } = await run('git', ['log', '-1', '--format=%h %ct'], options)
  const [commit = 'unknown', date = '0'] = stdout.trim().split(' ')
  const tag = await run('git', ['describe', '--tags', '--exact-match'], options).then(
    (told) => told.stdout.trim(),
    () => null,
  )
  return { tag, commit, date: Number(date) }
}

/** Reads `build.json`, which a published package carries; in a checkout it asks git. */
export const readBuild = async (): Promise<BuildInfo> => {
  try {
    return JSON.parse(await readFile(new URL('build.json', folder), 'utf8')) as BuildInfo
  } catch {
    return await fromGit().catch(() => ({ tag: null, commit: 'unknown', date: 0 }))
  }
}
