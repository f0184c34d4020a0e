/** A file that a report became. */
export interface Rendered {
  readonly mediaType: string
  /** Such as `service-usage-2026-11-27.pdf`: letters, digits, `-` and `.` only. */
  readonly fileName: string
  /** Set when acknowledged events were not searchable in time; the document says it too. */
  readonly incomplete?: { readonly watermark: number }
  /** Read once, to its end or not at all. */
  readonly bytes: AsyncIterable<Uint8Array>
}

/** What a document says that the report does not. */
export interface DocumentWords {
  /** The report's own title when absent. */
  readonly title?: string
  /** Who asked, as people know them; the principal's id when absent. */
  readonly askedBy?: string
  /** When it was made, in epoch milliseconds; now when absent. */
  readonly generatedAt?: number
  /** Rows before its first. */
  readonly skip?: number
  /** Most rows, where that is less than the format shows. */
  readonly most?: number
}
