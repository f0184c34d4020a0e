-- Definitions of reports, and reports that were generated. Read by both engines.
create table object_number (
  one smallint primary key check (one = 1),
  value bigint not null
);
insert into object_number (one, value) values (1, 0);

create table defined_report (
  id text primary key,
  tenant_id text not null,
  community_id text not null,
  title text not null,
  type text not null,
  -- As they were sent, and what was understood of them (JSON).
  query_filter text,
  query_order text,
  question text not null,
  created_by text not null,
  created_at bigint not null,
  modified_at bigint not null,
  removed smallint not null
);
create index defined_report_realm on defined_report (tenant_id, community_id, id);

create table generated_report (
  id text primary key,
  tenant_id text not null,
  community_id text not null,
  title text not null,
  definition_id text,
  type text not null,
  query_filter text,
  query_order text,
  window_from bigint,
  window_to bigint,
  generated_at bigint not null,
  created_by text not null,
  periodic smallint not null,
  run_id text unique,
  created_on text not null,
  row_count bigint not null,
  file text not null,
  created_at bigint not null,
  modified_at bigint not null,
  removed smallint not null
);
create index generated_report_realm on generated_report (tenant_id, community_id, id);
