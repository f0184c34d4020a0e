import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Report } from '../core/report.ts'

const isReport = (value: unknown): value is Report =>
  typeof value === 'object' && value !== null && 'id' in value && 'sql' in value && 'columns' in value

/** The files that declare a report: every module in a subject's folder that is not a test. */
const listFiles = async (folder: string): Promise<string[]> => {
  const subjects = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const files = await Promise.all(
    subjects.map(async ({ name }) => (await readdir(join(folder, name))).map((file) => join(folder, name, file))),
  )
  return files
    .flat()
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .sort()
}

/**
 * Finds every report by listing this folder: a new report is one new file.
 * @throws Error when a file declares none, or when two reports have one id
 */
export const loadReports = async (): Promise<ReadonlyMap<string, Report>> => {
  const reports = new Map<string, Report>()
  for (const file of await listFiles(dirname(fileURLToPath(import.meta.url)))) {
    const declared = Object.values((await import(pathToFileURL(file).href)) as Record<string, unknown>).filter(isReport)
    const [report] = declared
    if (!report || declared.length > 1) throw new Error(`${file} must export exactly one report`)
    if (reports.has(report.id)) throw new Error(`Two reports are named ${report.id}; the second is in ${file}`)
    reports.set(report.id, report)
  }
  return reports
}
