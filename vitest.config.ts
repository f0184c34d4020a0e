import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import seconds from './server/test/seconds.json' with { type: 'json' }

const known: Readonly<Record<string, number>> = seconds

/** The longest go first, so that both workers end together; what is not in the list is short and fills the gaps. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const lasts = ({ moduleId }: TestSpecification): number =>
      known[moduleId.slice(import.meta.dirname.length + 1)] ?? 0
    return (await super.sort(files)).toSorted((a, b) => lasts(b) - lasts(a))
  }
}

// Each store has three threads, and each would compile its sources anew without a place to find them compiled.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')

export default defineConfig({
  test: {
    include: ['server/src/**/*.test.ts', 'server/test/**/*.test.ts', 'client/src/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    // Node reads the sources itself, as it does in a server.
    experimental: { viteModuleRunner: false },
    sequence: { sequencer: LongestFirst },
  },
})
