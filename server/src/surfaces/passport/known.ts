import type { Answered, App, Asked } from '../../app/app.ts'
import { Fault } from '../../core/fault.ts'
import { uuidName, uuidNamespace, uuidOf } from '../../core/uuid.ts'
import type { SurfaceContext } from '../../http/surface.ts'
import type { Caller } from './auth.ts'
import { withoutRemoved } from './people.ts'

/** Asks a report by its id, in the caller's realm and with its rights. */
export const askReport = (app: App, caller: Caller, id: string, asked: Asked): Promise<Answered> => {
  const report = app.reports.get(id)
  if (!report) throw new Error(`There is no report named ${id}`)
  return app.runReport(caller.principal, caller.realm, report, asked)
}

/** More than any realm has; a page of everything. */
export const EVERYTHING = { skip: 0, size: 1_000_000 } as const

/** What a UUID of the dialect stands for in the stream, under every spelling that the stream has of it. */
export interface KnownIds {
  /** The applications of a UUID. @throws Fault `not-found` when no event named one, or when it was removed */
  applications(caller: Caller, uuid: string, signal: AbortSignal): Promise<readonly string[]>
  /** The users of a UUID. @throws Fault `not-found` */
  users(caller: Caller, uuid: string, signal: AbortSignal): Promise<readonly string[]>
  /** The users who log in with a name, whatever its case. @throws Fault `not-found` */
  usersByLogin(caller: Caller, loginId: string, signal: AbortSignal): Promise<readonly string[]>
}

const unknown = (what: string, id: string): Fault =>
  new Fault('not-found', { what, id }, `No event ever named the ${what} ${id}`)

export const createKnownIds = ({ app }: SurfaceContext): KnownIds => {
  const users = async (caller: Caller, params: Readonly<Record<string, string>>, signal: AbortSignal) => {
    const { rows } = await askReport(app, caller, 'known-users', {
      params,
      page: { skip: 0, size: 100 },
      total: false,
      signal,
    })
    return rows.map((row) => String(row.user_id))
  }
  return {
    async applications(caller, uuid, signal) {
      const { rows } = await askReport(app, caller, 'applications', { page: EVERYTHING, total: false, signal })
      const found = rows.map((row) => String(row.application)).filter((name) => uuidOf(caller.realm, name) === uuid)
      const there = await withoutRemoved(app, caller, 'application', found)
      if (there.length === 0) throw unknown('application', uuid)
      return there
    },
    async users(caller, uuid, signal) {
      const made = Buffer.from(uuidNamespace.replaceAll('-', ''), 'hex')
      const prefix = Buffer.concat([made, Buffer.from(uuidName(caller.realm, ''))]).toString('hex')
      const found = await users(caller, { uuid, uuid_prefix: prefix }, signal)
      if (found.length === 0) throw unknown('user', uuid)
      return found
    },
    async usersByLogin(caller, loginId, signal) {
      const found = await users(caller, { login_id: loginId }, signal)
      if (found.length === 0) throw unknown('user', loginId)
      return found
    },
  }
}
