import { invalid } from '../../core/fault.ts'
import { type Format, formatNames, formats } from '../../core/format.ts'

/** How an answer can leave: as JSON, or as a file. */
const forms = ['json', ...formatNames] as const
type Form = (typeof forms)[number]

/** Without what stands behind a `;`, in small letters. */
const bare = (mediaType: string): string => mediaType.replace(/;.*$/s, '').trim().toLowerCase()

const mediaTypeOf = (form: Form): string => (form === 'json' ? 'application/json' : bare(formats[form].mediaType))

interface Range {
  readonly mediaType: string
  readonly quality: number
}

const rangesOf = (accept: string): readonly Range[] =>
  accept
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => ({ mediaType: bare(part), quality: Number(/;\s*q=([\d.]+)/i.exec(part)?.[1] ?? 1) }))

/** How much a media type is wanted: the most specific range decides (RFC 9110, 12.5.1). */
const qualityOf = (mediaType: string, ranges: readonly Range[]): number => {
  const [kind] = mediaType.split('/')
  for (const asked of [mediaType, `${kind}/*`, '*/*']) {
    const range = ranges.find((one) => one.mediaType === asked)
    if (range) return range.quality
  }
  return 0
}

/**
 * The file that is asked for, by name or else by the header `Accept`; undefined for JSON, which comes first where several
 * are wanted alike. @throws Fault `invalid` when nothing that is accepted can be answered
 */
export const readForm = (format: Format | undefined, accept: string | undefined): Format | undefined => {
  if (format) return format
  const ranges = rangesOf(accept ?? '')
  if (ranges.length === 0) return undefined
  let best: Form = 'json'
  for (const form of forms) if (qualityOf(mediaTypeOf(form), ranges) > qualityOf(mediaTypeOf(best), ranges)) best = form
  if (qualityOf(mediaTypeOf(best), ranges) > 0) return best === 'json' ? undefined : best
  const message = `A report is answered as ${forms.map(mediaTypeOf).join(', ')}, none of which Accept takes; ask for one of them, or with format=${formatNames.join('|')}`
  throw invalid([{ where: 'header', name: 'accept', rule: 'enum', message }])
}
