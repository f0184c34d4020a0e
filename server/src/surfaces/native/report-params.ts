import Type, { type TObject } from 'typebox'
import type { Report } from '../../core/report.ts'

/** What a parameter is when it is left out, for those that may be. */
export const defaultsOf = (report: Report): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(report.params).flatMap(([name, schema]) => ('default' in schema ? [[name, schema.default]] : [])),
  )

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
