import { readdir } from 'node:fs/promises'
import type { Surface } from './surface.ts'

/** Finds every dialect by listing the folder: one folder each, whose `index.ts` exports its `surfaces`. */
export const listSurfaces = async (folder: URL): Promise<readonly Surface[]> => {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  const found: Surface[] = []
  for (const name of names) {
    const module = (await import(new URL(`${name}/index.ts`, folder).href)) as { surfaces: readonly Surface[] }
    found.push(...module.surfaces)
  }
  return found
}
