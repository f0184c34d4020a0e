import { Command, CommanderError, InvalidArgumentError } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { directoryCommand } from './directory.ts'
import { jobCommand } from './job.ts'
import { keyCommand } from './key.ts'
import { tell } from './print.ts'
import { realmCommand } from './realm.ts'
import { reportCommand } from './report.ts'
import { setAsideCommand } from './set-aside.ts'
import { subscriptionCommand } from './subscription.ts'

const guide = `
First steps:
  rollcall demo                              see it work: a company's month of events, and three reports
  rollcall serve                             start a server; everything it keeps is in ./data
  rollcall realm create --tenant Acme        make a space for events
  rollcall key create --kind api             make a key; it is printed once
  rollcall report list                       what can be asked
  rollcall report run application-usage      ask it
  rollcall doctor                            when something does not work

Settings are environment variables (ROLLCALL_PORT, ROLLCALL_DATA, ...); see docs/settings.md.`

const daysOf = (text: string): number => {
  const days = Number(text)
  if (!Number.isSafeInteger(days) || days < 1 || days > 365) throw new InvalidArgumentError('It is from 1 to 365.')
  return days
}

/** What composes a whole server is loaded only when it is asked for, so that the rest answers at once. */
const build = (): Command => {
  const program = new Command('rollcall')
    .version(manifest.version)
    .description('Rollcall keeps the activity stream of an identity system and answers who was there.')
    .addHelpText('after', guide)
    .showHelpAfterError('(say --help for what there is)')
    .exitOverride()
  program
    .command('serve')
    .description('start the server; it runs until it is stopped')
    .action(async () => (await import('./serve.ts')).serve())
  program
    .command('demo')
    .description("start a server, send it a company's month of events, and print three reports")
    .option('--data <folder>', 'where everything is kept (default: the settings, ./data)')
    .option('--days <days>', 'how many days of events', daysOf, 30)
    .option('--exit', 'stop when the reports are printed')
    .action(async (words: { data?: string; days: number; exit?: boolean }) =>
      (await import('./demo/demo.ts')).demo(words),
    )
  program
    .command('doctor')
    .description('check disk, port, engine, clock and settings; say what is wrong and what to do')
    .action(async () => (await import('./doctor/doctor.ts')).doctor())
  realmCommand(program.command('realm').description('tenants and communities: create, list, show, update, remove'))
  keyCommand(program.command('key').description('keys: create, list, remove'))
  reportCommand(program.command('report').description('reports: list, run'))
  directoryCommand(program.command('directory').description('objects of a realm: list, show, put, remove'))
  jobCommand(program.command('job').description('what is made in the background: list, show, cancel, resend'))
  setAsideCommand(program.command('set-aside').description('events that the store refused: list, release, discard'))
  subscriptionCommand(
    program
      .command('subscription')
      .description('reports that are sent by themselves: create, list, runs, run, resend, pause, resume, remove'),
  )
  program
    .command('reseal')
    .description('encrypt the private service keys under a new master key; the server must be stopped')
    .option('--next <file>', 'holds the new master key; made when missing (default: master.key of the data folder)')
    .action(async (words: { next?: string }) => (await import('./reseal.ts')).reseal(words))
  program
    .command('openapi', { hidden: true })
    .description('write the OpenAPI documents of this version to server/openapi')
    .action(async () => (await import('./openapi.ts')).writeDocuments())
  program
    .command('settings-page', { hidden: true })
    .description('write docs/settings.md from the settings of this version')
    .action(async () => (await import('./settings-page.ts')).writeSettingsPage())
  return program
}

/**
 * Runs the command line.
 * @returns the exit code: 0, or 1 when something is wrong
 */
export const run = async (argv: readonly string[]): Promise<number> => {
  try {
    await build().parseAsync([...argv])
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode
    // One sentence for the person at the terminal; never a stack.
    tell(error instanceof Error ? error.message : String(error))
    return 1
  }
}
