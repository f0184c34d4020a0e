import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createSeal, resealWith } from '../app/keys/seal.ts'
import { loadSettings } from '../config/load.ts'
import type { Settings } from '../config/settings.ts'
import { Secret } from '../core/secret.ts'
import { openControl } from '../storage/control/index.ts'
import { lockFolder } from '../storage/folder-lock.ts'
import { CliProblem, say } from './print.ts'

const SHORTEST = 16

const readKey = async (file: string): Promise<Secret | undefined> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text !== undefined && text.trim().length < SHORTEST)
    throw new CliProblem(`${file} holds no usable key: it needs ${SHORTEST} characters or more.`)
  return text === undefined ? undefined : new Secret(text.trim())
}

/** Reads the next key, or makes it; it lies on the disk before anything is sealed under it. */
const nextKey = async (file: string): Promise<Secret> => {
  const kept = await readKey(file)
  if (kept) return kept
  const made = `rk_${randomBytes(32).toString('base64url')}`
  await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx', flush: true })
  return new Secret(made)
}

const formerKey = async (settings: Settings, file: string): Promise<Secret> => {
  if (settings.masterKey !== undefined) return new Secret(settings.masterKey)
  const kept = await readKey(file)
  if (!kept)
    throw new CliProblem(`There is no master key: neither ROLLCALL_MASTER_KEY nor ${file}. Nothing was changed.`)
  return kept
}

const resealAll = async (settings: Settings, data: string, former: Secret, next: Secret): Promise<number> => {
  await using opened = new AsyncDisposableStack()
  if (settings.controlUrl === undefined) opened.use(lockFolder(data))
  const state = opened.use(
    await openControl({
      url: settings.controlUrl ?? `sqlite:${data}`,
      limits: {
        rows: settings.inboxEvents,
        bytes: settings.inboxBytes,
        freeDisk: 0,
        windowMs: settings.idWindowHours * 3_600_000,
        windowIds: settings.idWindowIds,
      },
      log: () => undefined,
      now: Date.now,
    }),
  )
  const reseal = resealWith(createSeal(former), createSeal(next))
  return (await state.control.serviceKeys.reseal(reseal)) + (await state.control.subscriptions.reseal(reseal))
}

/**
 * `rollcall reseal`: encrypts every private service key and webhook secret under a new master key. Interrupted, it can
 * be run again: what is under the new key already stays.
 */
export const reseal = async (words: { readonly next?: string }): Promise<void> => {
  const settings = loadSettings()
  const data = resolve(settings.data)
  const current = join(data, 'master.key')
  const bySetting = settings.masterKey !== undefined
  if (bySetting && words.next === undefined)
    throw new CliProblem(
      'The master key is a setting: name a file for the new one with --next, then set it from there.',
    )
  const file = words.next === undefined ? `${current}.next` : resolve(words.next)
  const former = await formerKey(settings, current)
  const next = await nextKey(file)
  const keys = await resealAll(settings, data, former, next)
  say(`Encrypted under the new master key: ${keys} (private service keys and webhook secrets).`)
  if (bySetting) return say(`Now set ROLLCALL_MASTER_KEY to what ${file} holds, in every process, and start again.`)
  if (words.next !== undefined) await writeFile(`${current}.next`, `${next.reveal()}\n`, { mode: 0o600, flush: true })
  await rename(`${current}.next`, current)
  say(`It is in ${current}; start the server again.`)
}
