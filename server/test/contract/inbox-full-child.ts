import { fillUntilRefused, settleAll } from './inbox-full.ts'

/** Fills a store until it is refused, settles everything, and appends again; says on stdout what it saw. */
const run = async (url: string): Promise<void> => {
  const { store, ...filled } = await fillUntilRefused(url)
  await settleAll(store.inbox)
  const again = await store.inbox.append(filled.refused)
  await store[Symbol.asyncDispose]()
  process.stdout.write(
    JSON.stringify({
      acknowledged: filled.acknowledged.length,
      missing: filled.missing,
      extra: filled.extra,
      fault: filled.fault,
      again: again.map(({ outcome }) => outcome),
    }),
  )
}

const [, , url] = process.argv
if (url !== undefined) await run(url)
