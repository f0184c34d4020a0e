import { Fault } from '../../core/fault.ts'

/** Values bound to a query's text. Each `bind` answers the `{name:Type}` that stands for the value. */
export interface Bindings {
  /** @throws Fault `too-large` for a value that the engine would not take */
  bind(value: unknown, type: string): string
  readonly params: Record<string, unknown>
}

/** The engine takes 131,072 bytes in one field. JSON escapes no less than the client does. */
const VALUE_BYTES = 120_000

/** @param own parameters that the text names itself; ours begin with an underscore */
export const createBindings = (own: Readonly<Record<string, unknown>> = {}): Bindings => {
  const params: Record<string, unknown> = { ...own }
  let next = 0
  return {
    params,
    bind(value, type) {
      if (Buffer.byteLength(JSON.stringify(value)) > VALUE_BYTES)
        throw new Fault(
          'too-large',
          { what: 'a value to look for', limit: VALUE_BYTES, unit: 'bytes' },
          `A value, or a list of values, to look for is longer than ${VALUE_BYTES} bytes`,
        )
      const name = `_${next++}`
      params[name] = value
      return `{${name}:${type}}`
    },
  }
}

/** Epoch milliseconds as a bound time. */
export const bindTime = (bindings: Bindings, ms: number): string =>
  `fromUnixTimestamp64Milli(${bindings.bind(ms, 'Int64')}, 'UTC')`
