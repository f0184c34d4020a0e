import {
  noQuestion,
  objectId,
  type Predefined,
  predefined,
  predefinedOfId,
  predefinedOfType,
} from '../../core/definition.ts'
import { Fault, invalid } from '../../core/fault.ts'
import { demand, type Principal } from '../../core/principal.ts'
import type { Realm } from '../../core/realm.ts'
import type { Report } from '../../core/report.ts'
import type { DefinitionRecord, ReportRecords } from '../../ports/generated.ts'
import type { DefinitionDraft, DefinitionSeen, DefinitionUses } from './report-uses.ts'

export interface DefinitionParts {
  readonly records: ReportRecords
  readonly reports: ReadonlyMap<string, Report>
  readonly now: () => number
  /** Ends the subscriptions of a definition that goes away. */
  readonly unsubscribe: (realm: Realm, definition: string) => Promise<unknown>
}

const BATCH = 500
const LONGEST_TITLE = 256

const unknown = (id: string): Fault =>
  new Fault('not-found', { what: 'report definition', id }, `There is no report definition ${JSON.stringify(id)}`)

const seen = ({ id, title, type }: Predefined): DefinitionSeen => ({
  id,
  title,
  type,
  queryFilter: null,
  queryOrder: null,
  question: noQuestion,
  createdBy: null,
  createdAt: null,
  modifiedAt: null,
  removed: false,
})

const refuse = (name: string, rule: string, message: string): Fault => invalid([{ where: 'body', name, rule, message }])

/** @throws Fault `invalid` for a title that is no name */
export const refuseTitle = (title: string | undefined): void => {
  if (title === undefined) return
  if (title.trim() === '') throw refuse('title', 'required', 'title must not be empty')
  if (title.length > LONGEST_TITLE) throw refuse('title', 'size', `title must have at most ${LONGEST_TITLE} characters`)
  if (/\p{Cc}/u.test(title) || !title.isWellFormed())
    throw refuse('title', 'format', 'title must not hold control characters or broken Unicode')
}

const ownPredefined = (id: string): Fault =>
  new Fault(
    'forbidden',
    { reason: 'permission', need: 'a definition of your own' },
    `The definition ${id} is predefined and stays as it is; create one of your own`,
  )

export const createDefinitions = ({ records, reports, now, unsubscribe }: DefinitionParts): DefinitionUses => {
  const sees = (caller: Principal, record: DefinitionRecord): boolean =>
    record.createdBy === caller.user || caller.may.has('report.read.all')

  const find = async (caller: Principal, realm: Realm, id: string): Promise<DefinitionRecord> => {
    const record = await records.definitions.get(realm, id)
    if (!record || !sees(caller, record)) throw unknown(id)
    return record
  }

  const get: DefinitionUses['get'] = async (caller, realm, id, gone) => {
    demand(caller, 'report.read.own', realm)
    const known = predefinedOfId(id)
    if (known) return seen(known)
    const record = await find(caller, realm, id)
    if (record.removed && !gone) throw unknown(id)
    return record
  }

  const nextId = async (): Promise<string> => objectId(await records.nextNumber())

  return {
    nextId,
    async create(caller, realm, draft: DefinitionDraft) {
      demand(caller, 'report.define', realm)
      refuseTitle(draft.title)
      if (!predefinedOfType(draft.type)) throw refuse('type', 'unknown', `There is no type ${draft.type}`)
      const at = now()
      const record: DefinitionRecord = {
        ...draft,
        id: await nextId(),
        createdBy: caller.user,
        createdAt: at,
        modifiedAt: at,
        removed: false,
      }
      await records.definitions.create(realm, record)
      return record
    },
    get,
    async *list(caller, realm) {
      demand(caller, 'report.read.own', realm)
      yield* predefined.map(seen)
      for (let after: string | undefined; ; ) {
        const page = await records.definitions.list(realm, {
          limit: BATCH,
          ...(after === undefined ? {} : { after }),
        })
        yield* page.filter((record) => sees(caller, record))
        after = page.at(-1)?.id
        if (page.length < BATCH) return
      }
    },
    async change(caller, realm, id, { type, ...change }) {
      demand(caller, 'report.define', realm)
      if (predefinedOfId(id)) throw ownPredefined(id)
      const record = await find(caller, realm, id)
      if (record.removed) throw unknown(id)
      refuseTitle(change.title)
      if (type !== undefined && type !== record.type)
        throw refuse('type', 'conflict', 'The type of a definition cannot be changed; create another definition')
      if (!(await records.definitions.change(realm, id, change, now()))) throw unknown(id)
    },
    async remove(caller, realm, id) {
      demand(caller, 'report.define', realm)
      if (predefinedOfId(id)) throw ownPredefined(id)
      await find(caller, realm, id)
      if (!(await records.definitions.remove(realm, id, now()))) throw unknown(id)
      await unsubscribe(realm, id)
    },
    async resolve(caller, realm, id) {
      if (!caller.may.has('report.read.own')) return undefined
      const known = predefinedOfId(id)
      const record = known ? undefined : await records.definitions.get(realm, id)
      if (!known && (!record || record.removed || !sees(caller, record))) return undefined
      const report = reports.get(predefinedOfType(known?.type ?? record?.type ?? '')?.report ?? '')
      if (!report) return undefined
      const { filter, order } = record?.question ?? noQuestion
      return {
        report,
        title: known?.title ?? record?.title ?? report.title,
        ...(filter ? { filter } : {}),
        ...(order ? { order } : {}),
      }
    },
  }
}
