import { connect } from './connection.ts'
import { quantile } from './figures.ts'

export interface LoadOptions {
  readonly port: number
  readonly connections: number
  /** Whether to begin again when the requests are used up. */
  readonly again: boolean
  /** Seconds before anything is counted, and seconds that are. */
  readonly warm: number
  readonly seconds: number
}

/** What one run showed. Times are milliseconds. */
export interface LoadFigures {
  readonly acknowledged: number
  readonly seconds: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  /** Share of one core that the generator itself used. */
  readonly generatorCpu: number
  /** Epoch milliseconds between which was counted. */
  readonly from: number
  readonly to: number
}

/**
 * Sends prepared requests over keep-alive connections, one at a time on each, for a while or until they are used up.
 * @throws Error when any answer is not a success
 */
export const runLoad = async (requests: readonly Uint8Array[], options: LoadOptions): Promise<LoadFigures> => {
  const failed = Promise.withResolvers<never>()
  const connections = await Promise.all(
    Array.from({ length: options.connections }, () => connect(options.port, failed.reject)),
  )
  const begin = performance.now() + options.warm * 1000
  const end = begin + options.seconds * 1000
  const times: number[] = []
  let next = 0
  let last = begin
  let cpu: NodeJS.CpuUsage | undefined
  let from = Date.now() + options.warm * 1000

  const work = connections.map(
    (connection) =>
      new Promise<void>((resolve, reject) => {
        const step = (): void => {
          const request = requests[options.again ? next++ % requests.length : next++]
          const sent = performance.now()
          if (!request || sent >= end) {
            resolve()
            return
          }
          connection.send(request, (status) => {
            const now = performance.now()
            if (status < 200 || status > 299) {
              reject(new Error(`A request was answered with ${status}`))
              return
            }
            if (sent >= begin) {
              if (!cpu) {
                cpu = process.cpuUsage()
                from = Date.now()
              }
              times.push(now - sent)
              last = now
            }
            step()
          })
        }
        step()
      }),
  )
  try {
    await Promise.race([Promise.all(work), failed.promise])
  } finally {
    for (const connection of connections) connection.close()
  }
  const used = process.cpuUsage(cpu)
  const seconds = (last - begin) / 1000
  const sorted = Float64Array.from(times).sort()
  return {
    acknowledged: times.length,
    seconds,
    perSecond: times.length / seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    generatorCpu: (used.user + used.system) / 1e6 / seconds,
    from,
    to: Date.now(),
  }
}
