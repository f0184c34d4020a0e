/** Where a part says what its operator should know, in a sentence with fields; never a secret or an event's body. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void
