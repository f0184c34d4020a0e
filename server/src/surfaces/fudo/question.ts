import type { App } from '../../app/app.ts'
import { type DefinedQuestion, definitionTypes, predefinedOfType } from '../../core/definition.ts'
import { invalid } from '../../core/fault.ts'
import { attributesOf, orderAliases } from './attributes.ts'
import { compileTerms, orderOf, termsOf } from './compile.ts'

/** @throws Fault `invalid` when there is no such type */
export const refuseType = (type: string): void => {
  if (predefinedOfType(type)) return
  const message = `There is no type ${JSON.stringify(type.slice(0, 80))}; there are ${definitionTypes.join(', ')}`
  throw invalid([{ where: 'body', name: 'type', rule: 'unknown', message }])
}

const when: ReadonlySet<string> = new Set(['created_at', 'finished_at'])

/**
 * What a filter and an order of a type ask, understood.
 * @throws Fault `invalid` naming each term that cannot be
 */
export const understand = (
  app: App,
  type: string,
  queryFilter: string | null | undefined,
  queryOrder: string | null | undefined,
): DefinedQuestion => {
  const source = { where: 'body', name: 'query_filter' } as const
  const terms = termsOf(queryFilter, source)
  const filter = compileTerms(terms, attributesOf(type), source)
  const aliases = orderAliases[type] ?? {}
  const columns = Object.keys(app.reports.get(predefinedOfType(type)?.report ?? '')?.columns ?? {})
  const order = orderOf(queryOrder, [...columns, ...Object.keys(aliases)], { where: 'body', name: 'query_order' })
  return {
    filter: terms.length > 0 ? filter : null,
    order:
      order.length > 0
        ? order.map(({ attribute, descends }) => `${descends ? '-' : ''}${aliases[attribute] ?? attribute}`)
        : null,
    dated: terms.some(({ attribute, operator }) => when.has(attribute) && operator !== 'isnull'),
  }
}
