import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'

/** Forbidden imports, planted one at a time: each must be caught, or the rule guards nothing. */
const planted = [
  { file: 'server/src/core/planted.ts', text: "import '../ports/inbox.ts'\n", what: 'core that imports ports' },
  { file: 'server/src/app/planted.ts', text: "import '../storage/folder-lock.ts'\n", what: 'app that imports storage' },
  { file: 'server/src/jobs/planted.ts', text: "import 'fastify'\n", what: 'jobs that import Fastify' },
  {
    file: 'server/src/surfaces/native/planted.ts',
    text: "import '../onekosmos/index.ts'\n",
    what: 'a surface that imports another',
  },
  {
    file: 'server/src/compose/planted.ts',
    text: "import '../cli/print.ts'\n",
    what: 'compose that imports the command line',
  },
]

const failed = planted.filter(({ file, text }) => {
  try {
    writeFileSync(file, text)
    const told = spawnSync('depcruise', ['server/src', '--config', '.dependency-cruiser.mjs'], { encoding: 'utf8' })
    return told.status === 0 || !told.stdout.includes(file)
  } finally {
    rmSync(file, { force: true })
  }
})
for (const { what } of failed) process.stdout.write(`The import rule did not catch ${what}\n`)
if (failed.length === 0) process.stdout.write(`The import rule catches all ${planted.length} planted violations\n`)
process.exitCode = failed.length > 0 ? 1 : 0
