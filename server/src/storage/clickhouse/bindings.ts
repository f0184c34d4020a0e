/** Values bound to a query's text. Each `bind` answers the `{name:Type}` that stands for the value. */
export interface Bindings {
  bind(value: unknown, type: string): string
  readonly params: Record<string, unknown>
}

/** @param own parameters that the text names itself; ours begin with an underscore */
export const createBindings = (own: Readonly<Record<string, unknown>> = {}): Bindings => {
  const params: Record<string, unknown> = { ...own }
  let next = 0
  return {
    params,
    bind(value, type) {
      const name = `_${next++}`
      params[name] = value
      return `{${name}:${type}}`
    },
  }
}

/** Epoch milliseconds as a bound time. */
export const bindTime = (bindings: Bindings, ms: number): string =>
  `fromUnixTimestamp64Milli(${bindings.bind(ms, 'Int64')}, 'UTC')`
