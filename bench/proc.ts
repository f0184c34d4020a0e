import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of a second in /proc, on every Linux. */
const TICKS = 100

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Fields of /proc/<pid>/stat after the name: state, parent, ... */
const statOf = (pid: number | string): readonly string[] =>
  read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? []

const family = (roots: readonly number[]): readonly number[] => {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) parents.set(Number(name), Number(statOf(name)[1]))
  const inside = new Set(roots)
  for (let before = -1; before !== inside.size; ) {
    before = inside.size
    for (const [pid, parent] of parents) if (inside.has(parent)) inside.add(pid)
  }
  return [...inside]
}

/** Seconds of processor time that some processes and all that they started have used. */
export const cpuSeconds = (roots: readonly number[]): number =>
  family(roots).reduce((sum, pid) => {
    const stat = statOf(pid)
    return sum + (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) / TICKS
  }, 0)

/** Resident memory of a process in bytes. */
export const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024

/** The same with a page that several processes share, such as Node's own program, counted in parts: a fair sum. */
export const proportionalBytes = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024
