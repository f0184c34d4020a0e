/** Where a job stands; an `external` one keeps its sender's own word. */
export type JobStatus = 'pending' | 'in progress' | 'completed' | 'failed' | 'cancelled'

export const jobStatuses = ['pending', 'in progress', 'completed', 'failed', 'cancelled'] as const

/** A job that another worker does and reports on; ours never claims it. */
export const externalKind = 'external'

/** Where a message to one recipient stands; one found in `sending` after a crash is `unknown`, sent again only by hand. */
export type DeliveryState = 'pending' | 'sending' | 'sent' | 'failed' | 'unknown'

/** How a message travels. */
export type Channel = 'email' | 'webhook'

/** How long to wait before the next attempt, in milliseconds: 2 s, 8 s, 32 s, and so on up to ten minutes. */
export const backOffMs = (attempts: number): number => Math.min(600_000, 500 * 4 ** Math.max(1, attempts))
