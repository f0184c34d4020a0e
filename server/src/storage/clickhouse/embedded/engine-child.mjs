// engine-child.mjs <config.xml> <data folder> <library>: the genuine ClickHouse engine, as a process of its own.
// Plain JavaScript, so that this process carries no TypeScript compiler in its memory.
import { getPriority, setPriority } from 'node:os'
import { DataType as D, load, open } from 'ffi-rs'

// Whoever sends an event waits for the server, not for this: the threads that start below inherit it. A server that was
// started nicer still keeps what it has, which this account may not undo.
if (getPriority() < 10) setPriority(10)

const [config, folder, library] = process.argv.slice(2)
const linux = process.platform === 'linux'

open({ library: 'c', path: linux ? 'libc.so.6' : 'libSystem.B.dylib' })
if (linux) {
  // prctl(PR_SET_PDEATHSIG, SIGKILL): however the parent ends, this process ends with it.
  load({
    library: 'c',
    funcName: 'prctl',
    retType: D.I32,
    paramsType: [D.I32, D.U64, D.U64, D.U64, D.U64],
    paramsValue: [1, 9, 0, 0, 0],
  })
}

// setrlimit(RLIMIT_CORE, 1 byte): no core dump of gigabytes. Not 0, which Linux disregards where dumps go to a program.
const oneByte = [1, 0, 0, 0, 0, 0, 0, 0]
load({
  library: 'c',
  funcName: 'setrlimit',
  retType: D.I32,
  paramsType: [D.I32, D.U8Array],
  paramsValue: [4, Buffer.from([...oneByte, ...oneByte])],
})

try {
  open({ library: 'engine', path: library })
} catch (error) {
  // The parent repeats the first line of this to people.
  process.stderr.write(`The library ${library} cannot be loaded (${String(error).replaceAll(/\s+/g, ' ')})\n`)
  process.exit(1)
}

// The second query reads this process's stdin, which ends when the parent does (all there is on macOS).
const args = [
  'clickhouse',
  `--config-file=${config}`,
  `--path=${folder}`,
  '--log-level=warning',
  "--query=SYSTEM START LISTEN HTTP; SELECT * FROM file('-', 'LineAsString', 'l String') FORMAT Null",
]
load({
  library: 'engine',
  funcName: 'chdb_query_cmdline',
  retType: D.External,
  paramsType: [D.I32, D.StringArray],
  paramsValue: [args.length, args],
})
