import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** A program that a check runs, the Debian package that has it, and what it is for. */
interface Needed {
  readonly program: string
  readonly package: string
  readonly why: string
}

const needed: readonly Needed[] = [
  { program: 'mount', package: 'mount', why: 'a small real filesystem that is filled up' },
  { program: 'openssl', package: 'openssl', why: 'a private certificate authority for HTTPS' },
  { program: 'pdftotext', package: 'poppler-utils', why: 'reading the text and the pages of PDF documents' },
  { program: 'chromium', package: 'chromium', why: 'opening documents and pages in a real browser' },
  { program: 'adduser', package: 'adduser', why: 'the account that PostgreSQL runs as when the tests run as root' },
]

const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin:/sbin; command -v ${program}`]).status === 0

const isDebian = (): boolean =>
  existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const missing = needed.filter(({ program }) => !has(program))
if (missing.length > 0 && isDebian() && process.getuid?.() === 0) {
  const packages = missing.map((one) => one.package)
  say(`Installing what the checks need: ${packages.join(', ')}`)
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', ...packages],
  ])
    spawnSync('apt-get', args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
}
const left = needed.filter(({ program }) => !has(program))
for (const one of left)
  say(`Missing: ${one.program} (Debian package ${one.package}), for ${one.why}. Install it and run the tests again.`)
process.exitCode = left.length > 0 ? 1 : 0
