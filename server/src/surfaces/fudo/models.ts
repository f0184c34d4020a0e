import type { DefinitionSeen, GeneratedSeen } from '../../app/reports/report-uses.ts'
import type { SubscriptionSeen } from '../../app/subscriptions/subscription-uses.ts'
import type { Scalar } from '../../core/filter.ts'
import { writeTimestamp } from './timestamp.ts'

/** An attribute as `objspec` tells it: its type, and the flags that are true. */
export interface Spec {
  readonly type: 'string' | 'datetime' | 'boolean'
  readonly readonly?: true
  readonly unique?: true
  readonly immutable?: true
  readonly expensive?: true
}

const told: Spec = { type: 'string' }
const readonly = { readonly: true } as const
const kept = {
  created_at: { type: 'datetime', ...readonly },
  modified_at: { type: 'datetime', ...readonly },
  removed: { type: 'boolean', ...readonly },
} as const satisfies Readonly<Record<string, Spec>>
const id: Spec = { type: 'string', ...readonly, unique: true }

/** The models of the document, each with its attributes in the document's order. */
export const models = {
  report: {
    id,
    title: told,
    defined_report_id: told,
    report_type: { type: 'string', ...readonly, expensive: true },
    generated_at: { type: 'string', ...readonly },
    created_by: told,
    query_filter: told,
    query_order: told,
    created_on: { type: 'string', ...readonly },
    ...kept,
  },
  defined_report_subscription: {
    id,
    defined_report_id: told,
    user_id: told,
    period: told,
    created_by: told,
    ...kept,
  },
  defined_report: {
    id,
    title: told,
    type: { type: 'string', immutable: true },
    query_filter: told,
    query_order: told,
    created_by: { type: 'string', immutable: true },
    ...kept,
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Spec>>>>

export type Model = keyof typeof models

/** Attributes that hold an instant, whatever their type is called. */
const instants: ReadonlySet<string> = new Set(['generated_at', 'created_at', 'modified_at'])
export const isInstant = (attribute: string): boolean => instants.has(attribute)

/** A record by its attributes' names; instants are epoch milliseconds. */
export type Entry = Readonly<Record<string, Scalar>>

export const ofReport = (record: GeneratedSeen): Entry => ({
  id: record.id,
  title: record.title,
  defined_report_id: record.definitionId,
  report_type: record.type,
  generated_at: record.generatedAt,
  created_by: record.createdBy,
  query_filter: record.queryFilter,
  query_order: record.queryOrder,
  created_on: record.createdOn,
  created_at: record.createdAt,
  modified_at: record.modifiedAt,
  removed: record.removed,
})

export const ofDefinition = (record: DefinitionSeen): Entry => ({
  id: record.id,
  title: record.title,
  type: record.type,
  query_filter: record.queryFilter,
  query_order: record.queryOrder,
  created_by: record.createdBy,
  created_at: record.createdAt,
  modified_at: record.modifiedAt,
  removed: record.removed,
})

export const ofSubscription = (record: SubscriptionSeen): Entry => ({
  id: record.id,
  defined_report_id: record.subject.definition ?? null,
  user_id: record.owner.user,
  period: record.cadence,
  created_by: record.createdBy,
  created_at: record.createdAt,
  modified_at: record.modifiedAt,
  removed: false,
})

/** A record as it is answered: what is null or false is left out, and instants are those of the realm's clock. */
export const say = (record: Entry, zone: string, fields?: readonly string[]): Record<string, string | boolean> =>
  Object.fromEntries(
    Object.entries(record).flatMap(([name, value]): [string, string | boolean][] => {
      if (value === null || value === false || (fields && !fields.includes(name))) return []
      if (isInstant(name)) return [[name, writeTimestamp(Number(value), zone)]]
      return [[name, value === true ? true : String(value)]]
    }),
  )
