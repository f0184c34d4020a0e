import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench, Found, Stage } from './bench.ts'
import { batch } from './benches/batch.ts'
import { countsBench } from './benches/counts.ts'
import { documents } from './benches/documents.ts'
import { exports } from './benches/exports.ts'
import { filter } from './benches/filter.ts'
import { memory } from './benches/memory.ts'
import { put } from './benches/put.ts'
import { reports } from './benches/reports.ts'
import { subscriptions } from './benches/subscriptions.ts'
import { lookAtMachine, type Machine } from './machine.ts'
import { say } from './print/number.ts'
import { tableText } from './print/table.ts'
import { endRoles } from './roles/start.ts'

const benches: readonly Bench[] = [put, batch, reports, countsBench, filter, memory, subscriptions, exports, documents]

const usage = `npm run bench -- [names] [options]

${benches.map(({ name, about }) => `  ${name.padEnd(10)}${about}`).join('\n')}

  --quick          small and short: shows that everything runs, its figures mean little
  --rounds <n>     runs of each contender, taken in turns (2, or 1 with --quick)
  --events <n>     events of the large history (5000000, or 200000 with --quick)
  --ids <n>        put: ids in the window of ids before events are sent, with the state on SQLite (0)
  --only <text>    put: only the contenders whose name holds this text
  --profile        put, batch: writes processor profiles of the server under test beside the results`

const results = join(import.meta.dirname, 'results')

const machineText = ({ cpu, cores, memoryBytes, kernel, fdatasync, commit, versions }: Machine): string =>
  [
    `${cpu}, ${cores} cores, ${say.mebibytes(memoryBytes)}, Linux ${kernel}, fdatasync of 4 KiB ${say.ms(fdatasync)} ms`,
    `commit ${commit}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  ].join('\n')

/** Runs the named benches one after the other, prints their tables and keeps their figures. */
const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      events: { type: 'string' },
      ids: { type: 'string', default: '0' },
      only: { type: 'string', default: '' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = positionals.filter((name) => benches.every((bench) => bench.name !== name))
  if (values.help || unknown.length > 0) {
    console.log(unknown.length > 0 ? `There is no bench named ${unknown.join(', ')}.\n\n${usage}` : usage)
    process.exitCode = unknown.length > 0 ? 2 : 0
    return
  }
  const root = await mkdtemp(join(tmpdir(), 'rollcall-bench-'))
  // PostgreSQL and the engine run under accounts of their own and must be able to pass through.
  await chmod(root, 0o711)
  let brokenOff: Promise<void> | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      brokenOff ??= endRoles()
    })
  const began = new Date()
  await mkdir(results, { recursive: true })
  try {
    const machine = lookAtMachine(root)
    console.log(machineText(machine))
    const stage: Stage = {
      quick: values.quick,
      rounds: Number(values.rounds ?? (values.quick ? 1 : 2)),
      events: Number(values.events ?? (values.quick ? 200_000 : 5_000_000)),
      ids: Number(values.ids),
      only: values.only,
      profiles: values.profile ? results : undefined,
      folder: (name) => join(root, name),
      say: (sentence) => console.error(`  ${new Date().toISOString().slice(11, 19)}  ${sentence}`),
    }
    const found: Record<string, Found> = {}
    for (const bench of benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
      console.error(`${bench.name}: ${bench.about}`)
      const one = await bench.run(stage)
      found[bench.name] = one
      for (const table of one.tables) console.log(tableText(table))
    }
    const { quick, rounds, events, ids } = stage
    const file = join(results, `${began.toISOString().replaceAll(/[:.]/g, '-')}.json`)
    await writeFile(file, `${JSON.stringify({ began, quick, rounds, events, ids, machine, found }, null, 1)}\n`)
    console.log(`\nAll figures: ${file}`)
  } catch (error) {
    if (!brokenOff) throw error
    process.exitCode = 130
  } finally {
    await brokenOff
    await rm(root, { recursive: true, force: true })
  }
}

await main()
