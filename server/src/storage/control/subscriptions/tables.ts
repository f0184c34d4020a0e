import type { Cadence } from '../../../core/schedule.ts'
import type { RunState } from '../../../core/subscription.ts'

/** The tables of subscriptions and their ledger. */
export interface SubscriptionTables {
  lease: { name: string; holder: string; fence: number; held_until: number }
  subscription: {
    id: string
    tenant_id: string
    community_id: string
    owner_user: string
    owner_key: string | null
    report: string | null
    definition: string | null
    /** JSON texts. */
    question: string
    formats: string
    recipients: string
    sealed_secret: Uint8Array | null
    cadence: Cadence
    due_time: string
    paused: number
    zone: string
    next_start: string
    covered: number | null
    next_due: number
    created_by: string
    created_at: number
    modified_at: number
    removed_at: number | null
  }
  subscription_run: {
    id: string
    subscription_id: string
    tenant_id: string
    community_id: string
    job_id: string | null
    period: string
    period_from: number
    period_to: number
    zone: string
    by_hand: number
    state: RunState
    reason: string | null
    attempts: number
    row_count: number | null
    /** JSON text. */
    files: string
    due_at: number
    created_at: number
    started_at: number | null
    finished_at: number | null
  }
}
