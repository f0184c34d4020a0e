import { Temporal } from 'temporal-polyfill'

const two = (number: number): string => String(number).padStart(2, '0')

/** An instant as PostgreSQL writes it on a zone's clock: `2025-05-14 05:11:20.443-07`, no fraction when it is zero. */
export const writeTimestamp = (epochMs: number, zone: string): string => {
  const at = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone)
  const fraction = at.millisecond === 0 ? '' : `.${String(at.millisecond).padStart(3, '0').replace(/0+$/, '')}`
  const minutes = Math.round(Math.abs(at.offsetNanoseconds) / 60_000_000_000)
  const rest = minutes % 60 === 0 ? '' : `:${two(minutes % 60)}`
  const offset = `${at.offsetNanoseconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${rest}`
  const day = `${String(at.year).padStart(4, '0')}-${two(at.month)}-${two(at.day)}`
  return `${day} ${two(at.hour)}:${two(at.minute)}:${two(at.second)}${fraction}${offset}`
}
