import Type, { type Static } from 'typebox'
import { formatNames } from '../../core/format.ts'

/** The kind of these jobs, and how often one is tried. */
export const exportKind = 'export'
export const exportAttempts = 5

const text = Type.String()
const optional = { window: Type.Object({ from: Type.Number(), to: Type.Number() }) }

/** What an export needs to run: a question that is complete, and what to make of its answer. */
export const ExportPayload = Type.Object({
  report: text,
  /** What the file is called, and the message about it. */
  title: text,
  window: Type.Optional(optional.window),
  /** Filters as `core/filter` has them; they were read when the export was asked for. */
  filter: Type.Unknown(),
  sight: Type.Optional(Type.Unknown()),
  params: Type.Record(text, Type.Unknown()),
  order: Type.Optional(Type.Array(text)),
  skip: Type.Integer(),
  /** Most rows; null for all. */
  most: Type.Union([Type.Integer(), Type.Null()]),
  format: Type.Enum([...formatNames]),
  columns: Type.Array(Type.Object({ name: text, head: text })),
  /** Whose words a listed event is said in: the events themselves go out, and not the report's columns. */
  voice: Type.Union([text, Type.Null()]),
  notify: Type.Array(text),
  /** What its sender said of the request beside the question, kept as it was said. */
  about: Type.Optional(Type.Record(text, Type.Unknown())),
})

export type ExportPayload = Static<typeof ExportPayload>

/** What an export answered, beside its file. */
export interface ExportResult {
  readonly format: ExportPayload['format']
  readonly title: string
  /** Rows of the whole answer, from the first. */
  readonly total: number
  /** Whether rows follow behind those of the file. */
  readonly more: boolean
}
