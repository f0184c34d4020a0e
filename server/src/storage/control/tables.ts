import type { DeliveryState } from '../../core/job.ts'

interface JobRow {
  id: string
  tenant_id: string
  community_id: string
  kind: string
  status: string
  owner: string
  requested_by: string
  /** JSON texts. */
  payload: string
  result: string | null
  reason: string | null
  row_count: number
  file: string | null
  bytes: number | null
  attempts: number
  most_attempts: number
  created_at: number
  started_at: number | null
  finished_at: number | null
  due_at: number
  holder: string | null
  fence: number
  held_until: number | null
}

interface DeliveryRow {
  id: string
  /** Orders the deliveries of one owner. */
  place: number
  tenant_id: string
  community_id: string
  owner_kind: 'job' | 'run'
  owner_id: string
  channel: 'email' | 'webhook'
  address: string
  state: DeliveryState
  attempts: number
  error: string | null
  message_id: string
  /** JSON text. */
  message: string
  created_at: number
  due_at: number
  sending_until: number | null
  sent_at: number | null
}

import type { SubscriptionTables } from './subscriptions/tables.ts'

/** The columns of every table of the control store, as both engines answer them: instants are epoch milliseconds. */
export interface Tables extends SubscriptionTables {
  store: { one: number; id: string; created_at: number; standard_zone: string | null }
  control_version: { one: number; value: number }
  tenant: { id: string; tag: string; name: string }
  tenant_dns: { name: string; tenant_id: string; place: number }
  community: {
    tenant_id: string
    id: string
    name: string
    name_folded: string
    timezone: string | null
    clock: number
    counted_clock: number
    created_at: number
  }
  access_key: {
    id: string
    secret_hash: Uint8Array
    kind: 'api' | 'license'
    name: string
    tenant_id: string | null
    community_id: string | null
    auth_level: 'system' | 'service' | 'tenant' | 'community' | null
    user_name: string | null
    /** JSON text of a list. */
    roles: string | null
    disabled: number
    expires_at: number | null
    created_at: number
    tag: string | null
    key_id: string | null
    description: string | null
    modules: string | null
  }
  object_number: { one: number; value: number }
  defined_report: {
    id: string
    tenant_id: string
    community_id: string
    title: string
    type: string
    query_filter: string | null
    query_order: string | null
    /** JSON text. */
    question: string
    created_by: string
    created_at: number
    modified_at: number
    removed: number
  }
  generated_report: {
    id: string
    tenant_id: string
    community_id: string
    title: string
    definition_id: string | null
    type: string
    query_filter: string | null
    query_order: string | null
    window_from: number | null
    window_to: number | null
    generated_at: number
    created_by: string
    periodic: number
    run_id: string | null
    created_on: string
    row_count: number
    file: string
    created_at: number
    modified_at: number
    removed: number
  }
  licence_grant: {
    key_id: string
    tenant_id: string
    community_id: string
    is_authorized: number
    expires_at: number | null
  }
  service_key: {
    key_id: string
    service: 'events' | 'reports' | 'licenses'
    sealed_secret: Uint8Array
    created_at: number
    retired_at: number | null
  }
  directory_object: {
    tenant_id: string
    community_id: string
    kind: string
    id: string
    external_id: string | null
    name: string
    name_folded: string
    unique_key: string | null
    display: string
    status: string
    subject_kind: string
    subject_id: string
    object_kind: string
    object_id: string
    relation: string
    /** JSON text of an object. */
    attributes: string
    version: number
    created_at: number
    created_by: string
    modified_at: number
    removed: number
  }
  directory_note: { version: number; place: number; tenant_id: string; community_id: string; body: string }
  directory_counter: { one: number; version: number }
  directory_mirror: { one: number; holder: string; fence: number; held_until: number; mark: number }
  job: JobRow
  delivery: DeliveryRow
  inbox_counter: {
    one: number
    seq: number
    events: number
    bytes: number
    ids: number
    older_ids: number
    latest: number
    current_since: number
    older_since: number
  }
  inbox_mover: { one: number; holder: string; fence: number; held_until: number; watermark: number }
  inbox_block: {
    last_seq: number
    first_seq: number
    tenant_id: string
    community_id: string
    received_at: number
    events: number
    bytes: number
    body: string
  }
  inbox_part: {
    token: string
    place: number
    first_seq: number
    last_seq: number
    month: number
    /** JSON text of a list of numbers. */
    without: string
  }
  inbox_void: { seq: number }
  inbox_set_aside: {
    seq: number
    tenant_id: string
    community_id: string
    event_ts: number
    reason: string
    set_aside_at: number
    /** As in a block's line: base64url of the id's and the body's hash, or `-`. */
    identity: string
    body: string
  }
  /** Bytes on SQLite, a uuid on PostgreSQL. */
  id_current: { id: Uint8Array | string; body: Uint8Array | string }
  id_older: { id: Uint8Array | string; body: Uint8Array | string }
}
