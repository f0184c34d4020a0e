import { playRole } from '../roles/play.ts'
import { prepareRequests, type Target } from '../workload/requests.ts'
import { type LoadFigures, runLoad } from './load.ts'
import { runStreams, type StreamFigures, type StreamRun } from './stream.ts'

export interface PutRun {
  readonly target: Target
  /** A word of this run, of which its ids are made. */
  readonly run: string
  readonly connections: number
  readonly warm: number
  readonly seconds: number
  /** Most requests; the run ends when they are used up. */
  readonly most: number
}

export interface GeneratorAsks extends Record<string, (about: never) => unknown> {
  put(about: PutRun): Promise<LoadFigures>
  stream(about: StreamRun): Promise<StreamFigures>
}

/** The load generator: prepares everything that is to be sent, then sends it. */
await playRole<unknown, null, GeneratorAsks>(async () => ({
  ready: null,
  asks: {
    async put({ target, run, most, ...options }) {
      const requests = prepareRequests(target, run, most, options.warm + options.seconds)
      return await runLoad(requests, { port: target.port, again: target.forgets === true, ...options })
    },
    stream: runStreams,
  },
  close: async () => undefined,
}))
