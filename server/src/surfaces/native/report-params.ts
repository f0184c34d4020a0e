import Type, { type TObject } from 'typebox'
import Value from 'typebox/value'
import { type Issue, invalid } from '../../core/fault.ts'
import type { Report } from '../../core/report.ts'
import { issuesOf } from '../../http/errors.ts'

/** The parameters of a report as one schema: a parameter with a default may be left out. */
export const paramsSchema = (report: Report): TObject =>
  Type.Object(
    Object.fromEntries(
      Object.entries(report.params).map(([name, schema]) => [
        name,
        'default' in schema ? Type.Optional(schema) : schema,
      ]),
    ),
    { additionalProperties: false },
  )

const orderIssues = (report: Report, order: readonly string[]): readonly Issue[] =>
  order
    .map((name) => name.replace(/^-/, ''))
    .filter((name) => !Object.hasOwn(report.columns, name))
    .map((name) => ({
      where: 'body',
      name: 'order',
      rule: 'unknown',
      message: `order names ${JSON.stringify(name)}, which is no column of ${report.id}`,
    }))

const paramIssues = (report: Report, params: object): readonly Issue[] => {
  const broken = Value.Errors(paramsSchema(report), params)
  return issuesOf(broken, 'body', ['params'])
}

/** Refuses an order or parameters that the report does not take. @throws Fault `invalid` that names each */
export const refuseAsked = (
  report: Report,
  asked: { readonly order?: readonly string[]; readonly params?: object },
): void => {
  const issues = [...orderIssues(report, asked.order ?? []), ...paramIssues(report, asked.params ?? {})]
  if (issues.length > 0) throw invalid(issues)
}
