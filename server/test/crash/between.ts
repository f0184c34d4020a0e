import { registerHooks } from 'node:module'

/**
 * Loaded before a server under test: makes the gap between the store's insert and the inbox's deletion (or the mark of
 * the directory's mirror, or the note that a realm is counted anew) wide enough to be hit. Each settling first tells the parent process, then waits a moment.
 */
const WIDE_MS = 40

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    const plain = found.url.endsWith('/server/src/storage/control/index.ts')
    return plain && context.parentURL?.endsWith('/server/src/compose.ts')
      ? { ...found, url: `${found.url}?wide` }
      : found
  },
  load(url, context, next) {
    if (!url.endsWith('/control/index.ts?wide')) return next(url, context)
    return {
      format: 'module',
      shortCircuit: true,
      source: `
        import { openControl as open } from ${JSON.stringify(url.replace('?wide', ''))}
        export const openControl = async (options) => {
          const opened = await open(options)
          const settle = opened.inbox.settle.bind(opened.inbox)
          opened.inbox.settle = async (...args) => {
            process.send?.('between')
            await new Promise((resolve) => setTimeout(resolve, ${WIDE_MS}))
            return await settle(...args)
          }
          const { outbox } = opened.control.directory
          const settleDirectory = outbox.settle.bind(outbox)
          outbox.settle = async (...args) => {
            process.send?.('between')
            await new Promise((resolve) => setTimeout(resolve, ${WIDE_MS}))
            return await settleDirectory(...args)
          }
          const { realms } = opened.control
          const counted = realms.counted.bind(realms)
          realms.counted = async (...args) => {
            process.send?.('between')
            await new Promise((resolve) => setTimeout(resolve, ${WIDE_MS}))
            return await counted(...args)
          }
          return opened
        }`,
    }
  },
})
