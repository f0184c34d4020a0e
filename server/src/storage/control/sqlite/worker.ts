import { parentPort, workerData } from 'node:worker_threads'
import { Fault } from '../../../core/fault.ts'
import { makeAppend } from './append.ts'
import { connect } from './connection.ts'
import { faultOf } from './errors.ts'
import type { OperationName, Operations, Reply, Request, ThreadData } from './operations.ts'

type Handlers = { readonly [N in OperationName]: (ask: Operations[N]['ask']) => Operations[N]['answer'] }

/** The thread in which a database lives, so that no SQL ever stops the thread that answers requests. */
const serve = (data: ThreadData): void => {
  const port = parentPort
  if (!port) return
  const connection = connect(data)
  const append = data.limits ? makeAppend(connection, data.file, data.limits) : undefined
  const handlers: Handlers = {
    exec: ({ script }) => {
      connection.database.exec(script)
      return null
    },
    run: (statement) => connection.run(statement),
    batch: ({ steps }) => connection.batch(steps),
    append: (group) => {
      if (!append) throw new Error('This thread does not append')
      return append(group)
    },
    close: () => {
      connection.database.close()
      return null
    },
  }
  const answer = <N extends OperationName>(request: Request<N>): unknown => handlers[request.name](request.ask)
  port.on('message', (request: Request) => {
    let reply: Reply
    try {
      reply = { id: request.id, answer: answer(request) }
    } catch (error) {
      const known = faultOf(error)
      const message = known instanceof Error ? known.message : String(known)
      reply = {
        id: request.id,
        error: known instanceof Fault ? { message, fault: { kind: known.kind, details: known.details } } : { message },
      }
    }
    port.postMessage(reply)
    if (request.name === 'close') port.close()
  })
}

serve(workerData as ThreadData)
