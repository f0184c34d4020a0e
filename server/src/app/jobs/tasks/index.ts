import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Task } from './task.ts'

const isTask = (value: unknown): value is Task =>
  typeof value === 'object' && value !== null && 'kind' in value && 'payload' in value && 'run' in value

/** What in this folder is no task. */
const apart: ReadonlySet<string> = new Set(['index.ts', 'task.ts'])

/**
 * Finds every kind of job by listing this folder: a new kind is one new file, which exports one task of its name.
 * @throws Error when a file declares none, or one of another name
 */
export const loadTasks = async (): Promise<ReadonlyMap<string, Task>> => {
  const folder = dirname(fileURLToPath(import.meta.url))
  const files = (await readdir(folder)).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !apart.has(file),
  )
  const tasks = new Map<string, Task>()
  for (const file of files.sort()) {
    const module = (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>
    const [task] = Object.values(module).filter(isTask)
    if (!task || task.kind !== basename(file, '.ts')) throw new Error(`${file} must export one task of its own name`)
    tasks.set(task.kind, task)
  }
  return tasks
}
