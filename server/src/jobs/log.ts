/** Where a job says what its operator should know; never a secret or an event's body. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void
