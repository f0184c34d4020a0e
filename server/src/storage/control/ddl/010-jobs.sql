-- Work in the background, and the messages that tell of it. Read by both engines.
create table job (
  id text primary key,
  tenant_id text not null,
  community_id text not null,
  kind text not null,
  status text not null,
  owner text not null,
  requested_by text not null,
  payload text not null,
  result text,
  reason text,
  row_count bigint not null,
  file text,
  bytes bigint,
  attempts integer not null,
  most_attempts integer not null,
  created_at bigint not null,
  started_at bigint,
  finished_at bigint,
  due_at bigint not null,
  holder text,
  fence bigint not null,
  held_until bigint
);
create index job_realm on job (tenant_id, community_id, created_at);
create index job_waiting on job (due_at) where status = 'pending';
create index job_running on job (held_until) where status = 'in progress';
create index job_ended on job (finished_at);

create table delivery (
  id text primary key,
  place bigint not null,
  tenant_id text not null,
  community_id text not null,
  owner_kind text not null,
  owner_id text not null,
  channel text not null,
  address text not null,
  state text not null,
  attempts integer not null,
  error text,
  message_id text not null,
  message text not null,
  created_at bigint not null,
  due_at bigint not null,
  sending_until bigint,
  sent_at bigint
);
create index delivery_owner on delivery (owner_id, place);
create index delivery_waiting on delivery (due_at) where state = 'pending';
create index delivery_sending on delivery (sending_until) where state = 'sending';
