import { Fault } from '../../core/fault.ts'
import { formats } from '../../core/format.ts'
import type { RunFile } from '../../core/subscription.ts'
import type { Control } from '../../ports/control.ts'
import type { Files } from '../../ports/files.ts'
import type { RunRecord } from '../../ports/subscriptions.ts'
import type { Linked, Links, OpenedFile } from '../jobs/links.ts'
import type { FindRealm } from '../realms/enter.ts'

export interface RunFileParts {
  readonly control: Control
  readonly files: Files
  readonly links: Links
  readonly publicUrl: () => string
  readonly now: () => number
  readonly linkMs: number
  readonly fileMs: number
  /** How long lines of the ledger are kept, in milliseconds. */
  readonly ledgerMs: number
}

const FILES_AT_ONCE = 100

/** The signed address of a file that a run made, which opens it for a while. */
export const linkFile = (
  parts: Pick<RunFileParts, 'links' | 'publicUrl' | 'now' | 'linkMs' | 'fileMs'>,
  run: Pick<RunRecord, 'id' | 'realm' | 'finishedAt'>,
  { format }: Pick<RunFile, 'format'>,
): string => {
  const kept = (run.finishedAt ?? parts.now()) + parts.fileMs
  const until = Math.min(parts.now() + parts.linkMs, kept)
  const { tenantId, communityId } = run.realm
  return `${parts.publicUrl()}/files/${parts.links.sign({ tenantId, communityId, jobId: run.id, until, format })}`
}

/** Opens the file of a run that a link names. @throws Fault `not-found` */
export const openRunFile = async (
  parts: Pick<RunFileParts, 'control' | 'files'> & { readonly findRealm: FindRealm },
  linked: Linked,
): Promise<OpenedFile> => {
  const realm = (await parts.findRealm(linked.tenantId, linked.communityId))?.realm
  const run = realm && (await parts.control.subscriptions.runs.get(realm, linked.jobId))
  const file = run?.files.find(({ format }) => format === linked.format)
  const found = realm && file && (await parts.files.read(realm, file.file))
  if (!file || !found)
    throw new Fault(
      'not-found',
      { what: 'file', id: 'link' },
      'The report of this link is not kept any more; have it sent again',
    )
  return { ...found, name: file.name, media: formats[file.format].mediaType }
}

/** Removes files of runs, and later their lines of the ledger, past their retention; answers how many files. */
export const cleanUpRunFiles = async (parts: RunFileParts): Promise<number> => {
  const { runs } = parts.control.subscriptions
  let removed = 0
  for (;;) {
    const old = await runs.withFiles(parts.now() - parts.fileMs, FILES_AT_ONCE)
    for (const { realm, id, files } of old) {
      for (const { file } of files) await parts.files.remove(realm, file)
      await runs.forgetFiles(realm, id)
      removed += files.length
    }
    if (old.length < FILES_AT_ONCE) break
  }
  await runs.forget(parts.now() - parts.ledgerMs)
  return removed
}
