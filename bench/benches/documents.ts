import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Found } from '../bench.ts'
import { median } from '../load/figures.ts'
import { say } from '../print/number.ts'

interface Once {
  readonly ms: number
  readonly bytes: number
  readonly peakBytes: number
}

const contenders = ['ours', 'rival'] as const

const once = async (contender: (typeof contenders)[number], rows: number): Promise<Once> => {
  const script = join(import.meta.dirname, '../documents/once.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, contender, String(rows)])
  return JSON.parse(stdout) as Once
}

/** A long PDF, each time in a process of its own, beside the table that PDFKit itself draws. */
export const documents: Bench = {
  name: 'documents',
  about: 'a PDF of 10,000 rows: how long and how much memory, beside PDFKit with its own table',
  async run(stage): Promise<Found> {
    const rows = stage.quick ? 1_000 : 10_000
    const found: Record<(typeof contenders)[number], Once[]> = { ours: [], rival: [] }
    for (let round = 0; round < stage.rounds; round += 1)
      for (const contender of contenders) {
        stage.say(`PDF of ${rows} rows, ${contender}`)
        found[contender].push(await once(contender, rows))
      }
    const middle = (contender: (typeof contenders)[number], figure: keyof Once): number =>
      median(found[contender].map((one) => one[figure]))
    const line = (name: string, contender: (typeof contenders)[number]): string[] => [
      name,
      say.ms(middle(contender, 'ms')),
      say.mebibytes(middle(contender, 'peakBytes')),
      say.mebibytes(middle(contender, 'bytes')),
      (middle('ours', 'ms') / middle(contender, 'ms')).toFixed(2),
    ]
    return {
      tables: [
        {
          title: `A PDF of ${rows} rows and six columns`,
          notes: ['Aimed at: under 3 s and 300 MB for 10,000 rows. The peak is that of the whole process.'],
          head: ['', 'ms', 'peak', 'size', 'our time / its'],
          rows: [line('Rollcall', 'ours'), line('PDFKit, its own table', 'rival')],
        },
      ],
      figures: found,
    }
  },
}
