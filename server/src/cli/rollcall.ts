#!/usr/bin/env -S node --max-semi-space-size=8
import { enableCompileCache } from 'node:module'

// Sources run unbuilt; what was compiled of them is kept for the next start, which takes a third of the time then.
enableCompileCache()
const { run } = await import('./program.ts')

// A reader that stops early (head, less) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await run(process.argv)
