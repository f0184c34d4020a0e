-- The right to do something in one process at a time, by the name of what is done. Read by both engines.
create table lease (
  name text primary key,
  holder text not null,
  fence bigint not null,
  held_until bigint not null
);
insert into lease (name, holder, fence, held_until) values ('ticker', '', 0, 0);

create table subscription (
  id text primary key,
  tenant_id text not null,
  community_id text not null,
  -- As whom its reports are made: the user, and the key with which it was made; the operator's has none.
  owner_user text not null,
  owner_key text,
  -- What is asked: one of the two, and JSON of parameters, filter and order.
  report text,
  definition text,
  question text not null,
  -- JSON lists.
  formats text not null,
  recipients text not null,
  sealed_secret bytea,
  cadence text not null,
  due_time text not null,
  paused smallint not null,
  -- How far it has come: the zone by which its next due instant was found, the next period's first day, what is covered.
  zone text not null,
  next_start text not null,
  covered bigint,
  next_due bigint not null,
  created_by text not null,
  created_at bigint not null,
  modified_at bigint not null,
  removed_at bigint
);
create index subscription_due on subscription (next_due) where removed_at is null and paused = 0;
create index subscription_realm on subscription (tenant_id, community_id, id);
-- Whoever has a definition sent at one cadence has it once.
create unique index subscription_once on subscription (tenant_id, community_id, owner_user, definition, cadence)
  where removed_at is null and definition is not null;

create table subscription_run (
  id text primary key,
  subscription_id text not null,
  tenant_id text not null,
  community_id text not null,
  -- The job that makes it; null for one that was skipped.
  job_id text,
  period text not null,
  period_from bigint not null,
  period_to bigint not null,
  zone text not null,
  by_hand smallint not null,
  state text not null,
  reason text,
  attempts integer not null,
  row_count bigint,
  -- JSON list of what was made.
  files text not null,
  due_at bigint not null,
  created_at bigint not null,
  started_at bigint,
  finished_at bigint,
  unique (subscription_id, period)
);
create index subscription_run_newest on subscription_run (subscription_id, period_to, id);
create index subscription_run_open on subscription_run (state) where state in ('pending', 'running');
create index subscription_run_finished on subscription_run (finished_at);
