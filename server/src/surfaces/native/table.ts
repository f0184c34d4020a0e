import Type from 'typebox'
import type { Report } from '../../core/report.ts'

export const ReportColumn = Type.Object({
  name: Type.String(),
  label: Type.String(),
  kind: Type.Enum(['text', 'instant', 'duration', 'seconds', 'count', 'number', 'flag', 'json'], {
    description: 'Instants are epoch milliseconds, durations milliseconds, json is JSON text.',
  }),
  nullable: Type.Boolean(),
})

export const sayColumns = (report: Report) =>
  Object.entries(report.columns).map(([name, column]) => ({
    name,
    label: column.label,
    kind: column.kind,
    nullable: column.nullable,
  }))
