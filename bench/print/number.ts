const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** Numbers as a reader wants them: thousands grouped, small ones with the digits that matter. */
export const say = {
  count: (value: number): string => whole.format(value),
  ms: (value: number): string => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : whole.format(value)),
  ratio: (value: number): string => (Number.isNaN(value) ? '' : `${value < 10 ? value.toFixed(2) : value.toFixed(1)}x`),
  percent: (share: number): string => `${Math.round(share * 100)} %`,
  mebibytes: (bytes: number): string => `${whole.format(bytes / 1_048_576)} MiB`,
} as const

/** An aim beside what was reached. */
export const aimed = (aim: string, reached: boolean): string => `${aim} ${reached ? 'reached' : 'missed'}`
